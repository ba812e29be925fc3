"""Streamed answers: frames to events. Every chunk is a whole `GenerateContentResponse` with what is new."""

from collections.abc import Iterator, Sequence

import msgspec

from lockgate.codec import json_array, sse
from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolPieces,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import answer, finish, logprobs, problem, usage, wire
from lockgate.dialects.gemini_generate.partial import Arguments
from lockgate.dialects.gemini_generate.runs import Runs

_MOST_CHOICES = 128


class _Choice:
    """What is known of one candidate."""

    __slots__ = ("calls", "open", "reason", "runs")

    def __init__(self) -> None:
        self.calls = 0
        self.reason = ""
        self.runs = Runs()
        self.open: tuple[ToolStarted, Arguments] | None = None


class Decoder:
    """The end is the upstream's closing after a finish reason.

    Nothing is finished before that: some servers give a finish reason with every chunk.
    """

    __slots__ = ("_array", "_ask", "_choices", "_minted", "_started", "_usage")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._array = ask.array
        self._choices: dict[int, _Choice] = {}
        self._minted = 0
        self._started = False
        self._usage = Usage()

    def feed(self, frame: bytes) -> Sequence[Event]:
        if frame.startswith(b"data: {"):
            # One line, as Google sends it; white space behind it is still JSON. Whatever else it is comes below.
            try:
                response = wire.response.decode(frame[6:])
            except (ValueError, RecursionError, msgspec.MsgspecError):
                pass
            else:
                return self._chunk(response, frame[6:])
        payload = read(frame, array=self._array)
        if not payload or payload == b"[DONE]":
            return ()
        try:
            if payload[:1] == b"[":
                return [event for one in wire.responses.decode(payload) for event in self._chunk(one, payload)]
            return self._chunk(wire.response.decode(payload), payload)
        except (ValueError, RecursionError, msgspec.MsgspecError) as error:
            detail = "a part of the upstream's stream is not a Gemini answer"
            raise Problem(Kind.BAD_UPSTREAM, detail, source="upstream") from error

    def end(self) -> Sequence[Event]:
        if not self._choices or not all(choice.reason for choice in self._choices.values()):
            detail = "the upstream closed before the answer was complete"
            raise Problem(Kind.BAD_UPSTREAM, detail, source="upstream")
        events: list[Event] = []
        for index, choice in sorted(self._choices.items()):
            events.extend(self._close(choice))
            events.append(Finished(finish.decode(choice.reason, called=choice.calls > 0), index))
        return [*events, Ended(self._usage)]

    def _chunk(self, response: wire.Response, payload: bytes) -> list[Event]:
        if response.error is not wire.ABSENT and wire.present(response.error):
            raise problem.read(200, payload)
        events: list[Event] = []
        if response.usage_metadata is not None:
            self._usage = usage.later(self._usage, response.usage_metadata)
        if found := usage.searches(response.candidates):
            self._usage = usage.with_searches(self._usage, found)
        if not self._started:
            self._started = True
            model = response.model_version or self._ask.model
            events.append(Started(response.response_id or "", model, usage=self._usage))
        for candidate in response.candidates or ():
            self._candidate(candidate, events)
        if response.prompt_feedback is not None and response.prompt_feedback.block_reason:
            self._choice(0).reason = "SAFETY"
        return events

    def _candidate(self, candidate: wire.Candidate, events: list[Event]) -> None:
        index = candidate.index or 0
        choice = self._choice(index)
        if candidate.content is not None:
            for part in candidate.content.parts or ():
                self._part(part, choice, index, events)
        if candidate.logprobs_result is not wire.ABSENT:
            given = logprobs.decode(candidate.logprobs_result)
            if given is not wire.ABSENT:
                events.append(LogProbs(given, index))
        if candidate.finish_reason:
            choice.reason = candidate.finish_reason

    def _part(self, part: wire.Part, choice: _Choice, index: int, events: list[Event]) -> None:
        if part.text:
            events.append(ThinkingDelta(part.text, index) if part.thought else TextDelta(part.text, index))
        events.extend(choice.runs.feed(part, index))
        if part.function_call is not None:
            events.extend(self._call(part.function_call, part.thought_signature or "", choice, index))
        elif part.thought_signature:
            events.append(ThinkingSigned(part.thought_signature, choice=index))
        if part.inline_data is not None or part.file_data is not None:
            events.extend(MediaGiven(media, index) for media in answer.shown(part))

    def _call(self, call: wire.FunctionCall, signature: str, choice: _Choice, index: int) -> Iterator[Event]:
        """A call with a name is a new one; one without a name is more of the call before, or its end."""
        if call.name:
            yield from self._close(choice)
            started = ToolStarted(choice.calls, call.id or self._mint(), call.name, index, signature)
            choice.calls += 1
            if not call.will_continue and not call.partial_args:
                yield started
                yield ToolDelta(started.call, answer.arguments(call), index)
                return
            choice.open = (started, Arguments())
        if choice.open is None:
            return
        yield ToolPieces(choice.open[0].call, choice.open[0].name, index)
        for piece in call.partial_args or ():
            choice.open[1].add(piece)
        if not call.will_continue:
            yield from self._close(choice)

    def _close(self, choice: _Choice) -> Iterator[Event]:
        """Gives an open call, whole."""
        if choice.open is not None:
            started, arguments = choice.open
            choice.open = None
            yield started
            yield ToolDelta(started.call, arguments.text(), started.choice)

    def _choice(self, index: int) -> _Choice:
        if not 0 <= index < _MOST_CHOICES:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream gave a candidate out of range", source="upstream")
        if (choice := self._choices.get(index)) is None:
            choice = self._choices[index] = _Choice()
        return choice

    def _mint(self) -> str:
        self._minted += 1
        return answer.minted(self._ask, self._minted - 1)


def read(frame: bytes, *, array: bool) -> bytes:
    """The JSON in a frame. In a stream of events, an error may also come as bare JSON without `data:`."""
    if array:
        return json_array.data(frame)
    payload = sse.data(frame)
    if not payload:
        bare = frame.strip()
        return bare if bare[:1] in (b"{", b"[") else b""
    return payload

"""Streamed answers: lines to events. A call comes whole, on a line of its own or with others."""

from collections.abc import Iterator, Sequence

from msgspec import Raw

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
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import answer, dates, logprobs, wire
from lockgate.dialects.ollama_chat.turns import picture


class Decoder:
    """The line that is `done` ends the answer; what follows it is nothing of ours."""

    __slots__ = ("_ask", "_calls", "_ended", "_started")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._started = False
        self._ended = False
        self._calls = 0

    def feed(self, frame: bytes) -> Sequence[Event]:
        if self._ended or frame.isspace():
            return ()
        line = wire.read(frame)
        said = line.message
        if self._started and said and said.content and not (said.thinking or said.tool_calls or line.done):
            if not bytes(line.logprobs) and not said.images:
                return (TextDelta(said.content),)  # nearly all of them
        elif said is None and not line.done:
            return ()
        return [*self._begin(line), *self._said(line), *self._end(line)]

    def end(self) -> Sequence[Event]:
        if not self._ended:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")
        return ()

    def _begin(self, line: wire.Reply) -> Iterator[Event]:
        if not self._started:
            self._started = True
            yield Started("", line.model or self._ask.model, dates.seconds(line.created_at))

    def _said(self, line: wire.Reply) -> Iterator[Event]:
        said = line.message or wire.Said()
        if said.thinking:
            yield ThinkingDelta(said.thinking)
        if said.content:
            yield TextDelta(said.content)
        for image in said.images or ():
            yield MediaGiven(picture(image))
        for call in said.tool_calls or ():
            function = call.function or wire.Function()
            id_ = call.id or f"call_{self._ask.seed}_{self._calls}"
            yield ToolStarted(self._calls, id_, function.name or "")
            yield ToolDelta(self._calls, answer.arguments(function))
            self._calls += 1
        if tokens := logprobs.decode(line.logprobs):
            yield LogProbs(Raw(tokens))

    def _end(self, line: wire.Reply) -> Iterator[Event]:
        if line.done:
            self._ended = True
            yield Finished(answer.finish(line.done_reason, called=self._calls > 0))
            yield Ended(answer.counted(line))

"""Streamed answers: frames to events."""

from collections.abc import Sequence
from itertools import chain

import msgspec

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media, Text, Thinking
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import answer, usage, wire
from lockgate.dialects.openai_chat.heard import Heard, known, same_name, spelt
from lockgate.dialects.openai_chat.parts import located
from lockgate.dialects.openai_chat.sound import joined
from lockgate.dialects.openai_chat.wire import number, present

_reply = msgspec.json.Decoder(wire.Reply)
DONE = b"[DONE]"


class Decoder:
    """Finishes are told at the end, because copies repeat them, or say more after them."""

    __slots__ = ("_ask", "_heard", "_over", "_started", "_usage")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._heard: dict[int, Heard] = {}
        self._usage = Usage()
        self._started = False
        self._over = False

    def feed(self, frame: bytes) -> Sequence[Event]:
        if self._over:
            return ()
        chunk = _quickly(frame)
        if chunk is None:
            payload = sse.data(frame)
            if not payload or payload.isspace():
                return ()
            if payload.startswith(DONE):
                return self._close()
            chunk = answer.replied(payload)
        if chunk.usage:
            self._usage = self._usage.merged(usage.decode(chunk.usage, chunk.service_tier))
        if not chunk.choices:
            return ()
        events: list[Event] = []
        if not self._started:
            self._started = True
            id_ = chunk.id or f"chatcmpl-{self._ask.request_id}"
            events.append(Started(id_, chunk.model or self._ask.model, number(chunk.created)))
        for choice in chunk.choices:
            self._choice(choice, events)
        return events

    def end(self) -> Sequence[Event]:
        """Copies that forget [DONE] are complete when every choice has finished."""
        if self._over:
            return ()
        if self._heard and all(heard.finish for heard in self._heard.values()):
            return self._close()
        raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")

    def _close(self) -> Sequence[Event]:
        if not self._started:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream ended the stream without an answer", source="upstream")
        self._over = True
        sounds: list[Event] = []
        ends: list[Event] = []
        for index, heard in sorted(self._heard.items()):
            if heard.sound or heard.sound_id:
                media = Media("audio", data=joined(heard.sound), file_id=heard.sound_id)
                sounds.append(MediaGiven(media, index))
            finish = answer.finish(heard.finish, called=heard.count > 0)
            ends.append(Finished(finish, index, heard.stop))
        return [*sounds, *ends, Ended(self._usage)]

    def _choice(self, choice: wire.Choice, events: list[Event]) -> None:
        index = choice.index or 0
        heard = self._heard.get(index)
        if heard is None:
            heard = self._heard[index] = Heard()
        said = choice.delta if choice.delta is not None else choice.message
        if said is not None:
            if said.content.__class__ is str and said.content:
                events.append(TextDelta(said.content, index))
            self._more(said, heard, index, events)
        if present(choice.logprobs):
            events.append(LogProbs(choice.logprobs, index))
        if choice.finish_reason and not heard.finish:
            heard.finish = choice.finish_reason
            if isinstance(choice.stop_reason, str):
                heard.stop = choice.stop_reason

    def _more(self, said: wire.Said, heard: Heard, index: int, events: list[Event]) -> None:
        """All that is rarer than text. Thoughts come before the text of the same delta."""
        if said.reasoning_content or said.reasoning or said.reasoning_details:
            text = events.pop() if events and isinstance(events[-1], TextDelta) and said.content else None
            events.extend(_thoughts(said, heard, index))
            if text is not None:
                events.append(text)
        if said.content.__class__ is tuple:
            events.extend(_pieces(said.content, index))
        if said.refusal:
            events.append(RefusalDelta(said.refusal, index))
        if said.tool_calls or said.function_call:
            self._calls(said, heard, index, events)
        if said.audio:
            _hear(said.audio, heard, index, events)
        if said.images:
            addresses = [picture.image_url.url for picture in said.images if picture.image_url]
            events.extend(MediaGiven(located("image", url), index) for url in addresses if url)

    def _calls(self, said: wire.Said, heard: Heard, index: int, events: list[Event]) -> None:
        legacy = (wire.ToolCall(index=0, function=said.function_call),) if said.function_call else ()
        for call in chain(said.tool_calls or (), legacy):
            function = answer.called(call)
            number_ = known(call, function.name or "", heard)
            if number_ is not None:
                same_name(function.name, heard.names[number_])
            else:
                name = function.name or ""
                heard.names.append(name)
                number_ = heard.count
                heard.count += 1
                id_ = call.id or f"call_{self._ask.seed}_{index}_{number_}"
                heard.calls[number_ if call.index is None else call.index] = (number_, id_)
                read = spelt(call, name, heard)
                events.append(ToolStarted(number_, id_, name, index, answer.signature(call), read))
            if arguments := answer.arguments(function):
                events.append(ToolDelta(number_, arguments, index))


def _quickly(frame: bytes) -> wire.Reply | None:
    """Most frames are one line: what follows its name is JSON, or it is looked at with care.

    No frame of several lines is JSON when read like this, so nothing is ever read otherwise than it was meant.
    """
    if not frame.startswith(b"data: {"):
        return None
    try:
        reply = _reply.decode(frame[6:])
    except (ValueError, RecursionError):
        return None
    return None if answer.failed(reply) else reply


def _thoughts(said: wire.Said, heard: Heard, index: int) -> list[Event]:
    """Text from the plain fields where they are, which OpenRouter sends as well; signatures from the details.

    A signed detail may hold the whole text once more, as ours do: that is not said again.
    """
    events: list[Event] = []
    told = said.reasoning_content or said.reasoning
    if told:
        events.append(ThinkingDelta(told, index))
        heard.thought.append(told)
    for item in said.reasoning_details or ():
        text = item.text or item.summary
        if text and not told and not (item.signature and text == "".join(heard.thought)):
            events.append(ThinkingDelta(text, index))
            heard.thought.append(text)
        if item.signature or item.data:
            events.append(ThinkingSigned(item.signature or "", item.data or "", index))
        if item.signature:
            heard.thought.clear()
    return events


def _pieces(content: Sequence[wire.Piece], index: int) -> list[Event]:
    events: list[Event] = []
    for block in answer.pieces(content):
        match block:
            case Thinking():
                if block.text:
                    events.append(ThinkingDelta(block.text, index))
                if block.signature:
                    events.append(ThinkingSigned(block.signature, choice=index))
            case Text():
                events.append(TextDelta(block.text, index))
            case Media():
                events.append(MediaGiven(block, index))
    return events


def _hear(audio: wire.Audio, heard: Heard, index: int, events: list[Event]) -> None:
    """Sound comes in pieces of base64, its words beside it."""
    heard.sound_id = audio.id or heard.sound_id
    if audio.data:
        heard.sound.append(audio.data)
    if audio.transcript:
        events.append(TextDelta(audio.transcript, index))

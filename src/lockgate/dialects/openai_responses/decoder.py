"""Streamed answers: frames to events. What a stream says again, at the end of parts and items, is said once here."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec import Raw

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media
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
from lockgate.dialects.openai_responses import answer, problem, runs, sealed, usage, wire
from lockgate.dialects.openai_responses.streamed import Item, error, message
from lockgate.dialects.openai_responses.wire import number, present

_frame = msgspec.json.Decoder(wire.Frame).decode
_encode = msgspec.json.Encoder().encode
_NOTHING = frozenset((b"", b"[DONE]"))
_CALLS = frozenset(("function_call", "custom_tool_call"))
_ENDS = frozenset(("response.completed", "response.incomplete", "response.failed"))


class Decoder:
    """One per answer."""

    __slots__ = ("_ask", "_calls", "_items", "_names", "_over", "_runs", "_signature", "_started")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._items = defaultdict[int, Item](Item)
        self._names: set[tuple[bool, str]] = set()
        self._calls = self._runs = 0
        self._signature = ""
        self._started = self._over = False

    def feed(self, frame: bytes) -> Sequence[Event]:
        said = None if self._over else read(frame)
        if said is None:
            return ()
        kind = said.type
        if kind == "response.output_text.delta" and self._started and not present(said.logprobs):
            self._item(said).spoke = True
            return (TextDelta(said.delta),) if said.delta else ()
        if kind == "error":
            raise problem.found(error(frame), 0)
        if kind in _ENDS:
            return [*self._begun(said), *self._end(said)]
        reader = _READERS.get(kind)
        if reader is None:
            return self._begun(said) if kind.startswith("response.") else ()
        return [*self._begun(said), *reader(self, said)]

    def end(self) -> Sequence[Event]:
        if not self._over:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")
        return ()

    def _begun(self, said: wire.Frame) -> list[Event]:
        """The first event, once."""
        if self._started:
            return []
        self._started = True
        told = answer.read(said.response) if present(said.response) else wire.Response()
        id_ = told.id or f"resp_{self._ask.request_id}"
        return [Started(id_, told.model or self._ask.model, number(told.created_at))]

    def _item(self, said: wire.Frame) -> Item:
        return self._items[said.output_index or 0]

    def text(self, said: wire.Frame) -> Sequence[Event]:
        self._item(said).spoke = True
        found: list[Event] = [TextDelta(said.delta)] if said.delta else []
        if present(said.logprobs) and (told := answer.tokens(said.logprobs)):
            found.append(LogProbs(Raw(_encode({"content": told, "refusal": None}))))
        return found

    def refusal(self, said: wire.Frame) -> Sequence[Event]:
        self._item(said).spoke = True
        return (RefusalDelta(said.delta),) if said.delta else ()

    def thought(self, said: wire.Frame) -> Sequence[Event]:
        self._item(said).spoke = True
        return (ThinkingDelta(said.delta),) if said.delta else ()

    def summary(self, said: wire.Frame) -> Sequence[Event]:
        return (ThinkingDelta(sealed.BETWEEN),) if said.summary_index else ()

    def added(self, said: wire.Frame) -> Sequence[Event]:
        found = answer.item(said.item)
        if found.type in _CALLS:
            return self._called(found, self._item(said))
        if not runs.is_run(found.type):
            return ()
        self._item(said).ran = found.type
        return (self._run(found, said.item),)

    def _run(self, found: wire.Item, raw: Raw) -> Event:
        self._names.add((True, runs.name(found)))
        self._runs += 1
        return runs.begun(found, raw.copy(), self._runs - 1)

    def _called(self, found: wire.Item, item: Item) -> list[Event]:
        """Of an item that ends under another name than it began with, a client may believe either."""
        call = answer.called(found, self._calls, self._ask)
        if item.call >= 0 and call.name == item.name:
            return []
        item.call, item.name, item.spoke, self._calls = self._calls, call.name, False, self._calls + 1
        self._names.add((False, call.name))
        signature, self._signature = self._signature, ""
        events: list[Event] = [ToolStarted(item.call, call.id, call.name, signature=signature)]
        if call.arguments:
            item.spoke = True
            events.append(ToolDelta(item.call, call.arguments))
        return events

    def arguments(self, said: wire.Frame) -> Sequence[Event]:
        item = self._item(said)
        if item.call < 0 or not said.delta:
            return ()
        item.spoke = True
        return (ToolDelta(item.call, said.delta),)

    def called_with(self, said: wire.Frame) -> Sequence[Event]:
        """Some servers give the arguments only when all of them are there."""
        item, text = self._item(said), said.input if said.input is not None else said.arguments
        if item.call < 0 or item.spoke or not text:
            return ()
        item.spoke = True
        return (ToolDelta(item.call, text),)

    def finished(self, said: wire.Frame) -> Sequence[Event]:
        """What of an item was not said before."""
        found, item = answer.item(said.item), self._item(said)
        if item.done:
            return ()
        item.done = True
        match found.type:
            case "message":
                return () if item.spoke else message(found)
            case "reasoning":
                return self._thoughts(found, item)
            case "function_call" | "custom_tool_call":
                return self._late(found, item)
            case "image_generation_call" if found.result:
                return (MediaGiven(Media("image", mime=f"image/{found.output_format or 'png'}", data=found.result)),)
            case _:
                return self._given(found, said.item, item)

    def _given(self, found: wire.Item, raw: Raw, item: Item) -> Sequence[Event]:
        given, name = runs.given(found, raw.copy()), runs.name(found)
        known = (True, name) in self._names or (not name and item.ran == found.type)
        return (given,) if known or not runs.is_run(found.type) else (self._run(found, raw), given)

    def _unsaid(self, told: wire.Response) -> Iterator[Event]:
        """What a whole response tells of that no item of the stream did: clients read that, too."""
        for raw in told.output or ():
            found = answer.item(raw)
            if found.type in _CALLS:
                if (False, answer.called(found, 0, self._ask).name) not in self._names:
                    yield from self._late(found, Item())
            elif runs.is_run(found.type) and (True, runs.name(found)) not in self._names:
                yield from self._given(found, raw, Item())

    def told(self, said: wire.Frame) -> Sequence[Event]:
        return list(self._unsaid(answer.read(said.response))) if present(said.response) else ()

    def _late(self, found: wire.Item, item: Item) -> Sequence[Event]:
        events = self._called(found, item)
        if not item.spoke and (text := answer.called(found, item.call, self._ask).arguments):
            item.spoke = True
            events.append(ToolDelta(item.call, text))
        return events

    def _thoughts(self, found: wire.Item, item: Item) -> Sequence[Event]:
        seal = found.encrypted_content or ""
        if seal.startswith(sealed.OF_CALL):
            self._signature = seal.removeprefix(sealed.OF_CALL)
            return ()
        text = "" if item.spoke else answer.thoughts(found)
        events: list[Event] = [ThinkingDelta(text)] if text else []
        if seal.startswith(sealed.WHOLE):
            events.append(ThinkingSigned(redacted=seal.removeprefix(sealed.WHOLE)))
        elif seal:
            events.append(ThinkingSigned(seal))
        return events

    def _end(self, said: wire.Frame) -> Sequence[Event]:
        told = answer.read(said.response)
        if said.type == "response.failed":
            raise answer.nonsense("the response failed")
        self._over = True
        unsaid = tuple(self._unsaid(told))
        finish = answer.finish(told)
        if finish == "stop" and said.type == "response.incomplete":
            finish = "length"
        elif finish == "stop" and self._calls:
            finish = "tool_use"
        return (*unsaid, Finished(finish), Ended(usage.decode(told) or Usage()))


def read(frame: bytes) -> wire.Frame | None:
    """None for a comment, or another dialect's end mark. Raises `Problem` for nonsense."""
    data = sse.data(frame)
    if data.strip() in _NOTHING:
        return None
    try:
        return _frame(data)
    except (ValueError, RecursionError):
        pass
    try:  # of an event that nobody here knows, fields of known names may hold anything
        kind = msgspec.json.decode(data, type=wire.Kind).type
    except (ValueError, RecursionError) as error:
        raise answer.nonsense("the upstream sent a broken stream event") from error
    if kind in _READERS or kind in _ENDS:
        raise answer.nonsense("the upstream sent a broken stream event")
    return wire.Frame(type=kind)


_READERS: dict[str, Callable[[Decoder, wire.Frame], Sequence[Event]]] = {
    "response.created": Decoder.told,
    "response.queued": Decoder.told,
    "response.in_progress": Decoder.told,
    "response.output_text.delta": Decoder.text,
    "response.refusal.delta": Decoder.refusal,
    "response.reasoning_summary_text.delta": Decoder.thought,
    "response.reasoning_text.delta": Decoder.thought,
    "response.reasoning_summary_part.added": Decoder.summary,
    "response.output_item.added": Decoder.added,
    "response.output_item.done": Decoder.finished,
    "response.function_call_arguments.delta": Decoder.arguments,
    "response.custom_tool_call_input.delta": Decoder.arguments,
    "response.function_call_arguments.done": Decoder.called_with,
    "response.custom_tool_call_input.done": Decoder.called_with,
}

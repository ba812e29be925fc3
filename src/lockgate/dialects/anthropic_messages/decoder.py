"""Stream frames to events. Claude Platform Docs, page "Streaming Messages"."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Raw

from lockgate.codec import sse
from lockgate.core.answer import Finish
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Abreast,
    Ended,
    Event,
    Finished,
    RefusalDelta,
    RunDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import answer, frames, problem, runs, usage, wire


class _Call:
    """A call whose block is open. `input` is what came whole with its start, if it did; `run`: the provider runs it by itself."""

    __slots__ = ("input", "number", "run", "spoke")

    def __init__(self, number: int, given: str, *, run: bool = False) -> None:
        self.number = number
        self.input = given
        self.run = run
        self.spoke = False

    def said(self, text: str) -> Event:
        return RunDelta(self.number, text) if self.run else ToolDelta(self.number, text)


class Decoder:
    """One per answer."""

    __slots__ = ("_ask", "_calls", "_counts", "_ended", "_finished", "_id", "_number", "_runs", "_started", "_texts")

    def __init__(self, ask: Ask) -> None:
        """`_texts`: of the blocks that are open, which text each goes on with; a provider's run is there, too."""
        self._ask = ask
        self._calls: dict[int, _Call] = {}
        self._counts = usage.NOTHING
        self._number = self._runs = 0
        self._texts: dict[int, int] = {}
        self._id = ""
        self._started = self._finished = self._ended = False

    def feed(self, frame: bytes) -> Sequence[Event]:
        found = frames.read(frame)
        if found is None or self._ended:
            return ()
        kind, content = found
        if kind == "content_block_delta":
            return self._delta(content)
        match kind:
            case "message_start":
                return self._start(content.message or wire.Message(), frame)
            case "content_block_start":
                block, index = content.content_block or wire.Block(), content.index or 0
                return self._block(index, block, lambda: runs.raw(sse.data(frame)))
            case "content_block_stop":
                return self._stop(content.index or 0)
            case "message_delta":
                return self._finish(content)
            case "message_stop":
                return self._end()
            case "error":
                raise problem.upstream(content.error)
            case _:
                return ()

    def end(self) -> Sequence[Event]:
        if not self._ended:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")
        return ()

    def _begun(self) -> list[Event]:
        """The first event, where the upstream left it out."""
        return [] if self._started else list(self._start(wire.Message()))

    def _start(self, message: wire.Message, frame: bytes = b"") -> Sequence[Event]:
        if self._started:
            if message.id and message.id != self._id:
                # What was said of the first answer cannot be unsaid, so the second one cannot be told.
                raise Problem(Kind.BAD_UPSTREAM, "the upstream began a second answer", source="upstream")
            return ()
        self._started, self._id = True, message.id or ""
        if message.usage is not None:
            self._counts = usage.overlaid(self._counts, message.usage)
        found: list[Event] = [
            Started(
                message.id or f"msg_{self._ask.request_id}",
                message.model or self._ask.model,
                usage=usage.read(self._counts),
            )
        ]
        for index, block in enumerate(message.content or ()):
            found += [*self._block(index, block, partial(runs.raw, sse.data(frame), index)), *self._stop(index)]
        return found

    def _block(self, index: int, block: wire.Block, raw: Callable[[], Raw]) -> Sequence[Event]:
        found = [*self._begun(), *self._apart(index)]
        match block.type:
            case "text":
                number = self._text(index)
                if block.text:
                    found.append(TextDelta(block.text, block=number))
            case "":
                pass
            case "thinking":
                number = self._text(index)
                if block.thinking:
                    found.append(ThinkingDelta(block.thinking, block=number))
                if block.signature:
                    self._texts.pop(index)
                    found.append(ThinkingSigned(block.signature))
            case "redacted_thinking":
                found.append(ThinkingSigned(redacted=block.data or ""))
            case "tool_use":
                self._calls[index] = _Call(self._number, answer.given(block))
                found.append(ToolStarted(self._number, block.id or answer.minted(self._ask, index), block.name or ""))
                self._number += 1
            case other if runs.is_call(other):
                self._calls[index] = _Call(self._runs, answer.given(block), run=True)
                self._texts[index] = 0
                found.append(runs.begun(block, raw(), self._runs))
                self._runs += 1
            case _:
                found.append(runs.given(block, raw()))
        return found

    def _apart(self, index: int) -> Sequence[Event]:
        """A block begins, maybe beside others that are open."""
        self._calls.pop(index, None)
        self._texts.pop(index, None)
        return (Abreast(),) if self._texts else ()

    def _text(self, index: int) -> int:
        """Which text a block goes on with: with the one before it, or, where that is still open, with one of its own."""
        number = self._texts.get(index)
        if number is None:
            number = self._texts[index] = index + 1 if self._texts else 0
        return number

    def _delta(self, content: wire.Frame) -> Sequence[Event]:
        delta, index = content.delta, content.index or 0
        event: Event
        if delta is None:
            return ()
        if delta.type == "text_delta" and delta.text:
            event = TextDelta(delta.text, 0, self._text(index))
        elif delta.type == "input_json_delta" and delta.partial_json:
            call = self._calls.get(index)
            if call is None:
                return self._begun()
            call.spoke = True
            event = call.said(delta.partial_json)
        elif delta.type == "thinking_delta" and delta.thinking:
            event = ThinkingDelta(delta.thinking, 0, self._text(index))
        elif delta.type == "signature_delta" and delta.signature:
            self._texts.pop(index, None)
            event = ThinkingSigned(delta.signature)
        else:  # empty, or of a kind to come
            return ()
        return (event,) if self._started else [*self._begun(), event]

    def _stop(self, index: int) -> Sequence[Event]:
        self._texts.pop(index, None)
        call = self._calls.pop(index, None)
        # A call without a delta has its arguments in its start, or none.
        return () if call is None or call.spoke else (call.said(call.input),)

    def _finish(self, content: wire.Frame) -> Sequence[Event]:
        found = self._begun()
        if content.usage is not None:
            self._counts = usage.overlaid(self._counts, content.usage)
        delta = content.delta
        if delta is None or not delta.stop_reason or self._finished:
            return found
        if delta.stop_details is not None and delta.stop_details.explanation:
            found.append(RefusalDelta(delta.stop_details.explanation))
        found += self._closed(*answer.finished(delta.stop_reason, delta.stop_sequence))
        return found

    def _closed(self, finish: Finish, stop: str) -> list[Event]:
        self._finished = True
        return [Finished(finish, stop=stop)]

    def _end(self) -> Sequence[Event]:
        found = self._begun()
        if not self._finished:
            found += self._closed("stop", "")
        self._ended = True
        return [*found, Ended(usage.read(self._counts))]

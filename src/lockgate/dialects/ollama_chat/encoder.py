"""Streamed answers: events to lines. Arguments are an object here, so a call is held until it is whole."""

import msgspec

from lockgate.core.answer import Usage
from lockgate.core.chat import Block, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.ollama_chat import outgoing_turns
from lockgate.dialects.ollama_chat.lines import Lines, failed, whole

_encode = msgspec.json.Encoder().encode
_OPEN = b'"message":{"role":"assistant","content":'
_CLOSE = b'},"done":false}\n'
_EMPTY = {"message": {"role": "assistant", "content": ""}}


class Encoder:
    """`lost` grows while the answer is written."""

    __slots__ = ("_ask", "_calls", "_lines", "lost")

    def __init__(self, ask: Ask) -> None:
        self._ask, self._lines = ask, Lines(ask, _OPEN)
        self._calls: dict[int, tuple[ToolStarted, list[str]]] = {}
        self.lost = self._lines.lost

    def feed(self, event: Event) -> bytes:
        if event.__class__ is TextDelta and event.choice == 0:  # nearly all of them
            return whole(self._lines.text + _encode(event.text) + _CLOSE)
        if getattr(event, "choice", 0) != 0:  # the format has one answer
            return self._lines.losing("n above 1")
        match event:
            case Started():
                return self._lines.begin(event)
            case Ended(usage=usage):
                return self._end(usage)
            case ToolStarted() | ToolDelta() | Finished():
                return self._keep(event)
            case LogProbs():
                return self._lines.probable(event, _EMPTY)
            case RefusalDelta() | ThinkingDelta():
                return self._words(event)
        return self._lines.nowhere(event)

    def fail(self, problem: Problem) -> bytes:
        """Calls that were not whole are not given."""
        return failed(problem)

    def _keep(self, event: ToolStarted | ToolDelta | Finished) -> bytes:
        if isinstance(event, Finished):
            self._lines.finished = event
        elif isinstance(event, ToolStarted):
            self._calls.setdefault(event.call, (event, []))
        elif event.call in self._calls:
            self._calls[event.call][1].append(event.arguments)
        return b""

    def _words(self, event: RefusalDelta | ThinkingDelta) -> bytes:
        if isinstance(event, ThinkingDelta):
            return self._said(Thinking(event.text))
        return self._lines.losing("refusal mark") + self._said(Text(event.text))

    def _end(self, usage: Usage) -> bytes:
        called = [
            ToolCall(start.id or f"call_{self._ask.seed}_{number}", start.name, "".join(pieces), start.signature)
            for number, (start, pieces) in sorted(self._calls.items())
        ]
        calls = self._said(*called) if called else b""
        return calls + self._lines.end(_EMPTY, usage)

    def _said(self, *blocks: Block) -> bytes:
        line = self._lines.line({"message": outgoing_turns.said("assistant", blocks, self._lines.losses)})
        return line + self._lines.losing()

"""Streamed answers: events to lines."""

import msgspec

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
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.ollama_chat.lines import Lines, failed, whole

_encode = msgspec.json.Encoder().encode
_OPEN = b'"response":'
_CLOSE = b',"done":false}\n'
_EMPTY = {"response": ""}


class Encoder:
    """`lost` grows while the answer is written."""

    __slots__ = ("_lines", "lost")

    def __init__(self, ask: Ask) -> None:
        self._lines = Lines(ask, _OPEN)
        self.lost = self._lines.lost

    def feed(self, event: Event) -> bytes:
        lines = self._lines
        if event.__class__ is TextDelta and event.choice == 0:  # nearly all of them
            return whole(lines.text + _encode(event.text) + _CLOSE)
        if getattr(event, "choice", 0) != 0:  # the format has one answer
            return lines.losing("n above 1")
        match event:
            case ThinkingDelta(text=text):
                return lines.line({"response": "", "thinking": text})
            case RefusalDelta(text=text):
                return lines.line({"response": text}) + lines.losing("refusal mark")
            case LogProbs():
                return lines.probable(event, _EMPTY)
            case ToolStarted():
                return lines.losing("tool calls")
            case Started() | Finished() | Ended():
                return self._around(event)
        return lines.nowhere(event)

    def fail(self, problem: Problem) -> bytes:
        return failed(problem)

    def _around(self, event: Started | Finished | Ended) -> bytes:
        if isinstance(event, Ended):
            return self._lines.end(_EMPTY, event.usage)
        if isinstance(event, Started):
            return self._lines.begin(event)
        self._lines.finished = event
        return b""

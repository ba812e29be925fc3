"""Streamed answers: events to lines. Arguments are an object here, so a call is held until it is whole."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
from lockgate.core.chat import Block, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    BlockGiven,
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.ollama_chat import answer, dates, logprobs, outgoing_turns, problem
from lockgate.dialects.ollama_chat.losses import Losses

_encode = msgspec.json.Encoder().encode
_OPEN = b'"message":{"role":"assistant","content":'
_CLOSE = b'},"done":false}\n'
# The official client splits lines where Unicode does. Inside JSON these stand only in strings.
_LINE_ENDS = ((b"\xc2\x85", b"\\u0085"), (b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


class Encoder:
    """Every line repeats model and date: they are written once, at the start."""

    __slots__ = ("_ask", "_calls", "_finished", "_head", "_losses", "_text", "lost")

    def __init__(self, ask: Ask) -> None:
        self.lost: list[str] = []
        self._losses = Losses()
        self._ask = ask
        self._calls: dict[int, tuple[ToolStarted, list[str]]] = {}
        self._finished = Finished("stop")
        self._begin(Started("", ""))

    def feed(self, event: Event) -> bytes:
        if event.__class__ is TextDelta and event.choice == 0:  # nearly all of them
            return whole(self._text + _encode(event.text) + _CLOSE)
        if getattr(event, "choice", 0) != 0:  # the format has one answer
            return self._losing("n above 1")
        match event:
            case Started():
                return self._begin(event)
            case Ended(usage=usage):
                return self._end(usage)
            case ToolStarted() | ToolDelta() | Finished():
                return self._keep(event)
            case LogProbs(raw=raw):
                tokens = logprobs.encode(raw, self._losses)
                return self._line(Text(""), logprobs=tokens) if tokens else self._losing()
        return self._said(event)

    def fail(self, problem_: Problem) -> bytes:
        """The client raises at a line with an error. Calls that were not whole are not given."""
        return whole(problem.render(problem_, "") + b"\n")

    def _begin(self, event: Started) -> bytes:
        head = {
            "model": event.model or self._ask.model,
            "created_at": dates.written(event.created or self._ask.created),
        }
        self._head = _encode(head)[:-1] + b","
        self._text = self._head + _OPEN
        return b""

    def _said(self, event: Event) -> bytes:
        match event:
            case RefusalDelta(text=text):
                self._losing("refusal mark")
                return self._line(Text(text))
            case ThinkingDelta(text=text):
                return self._line(Thinking(text))
            case ThinkingSigned(redacted=redacted):
                self._losing("redacted thinking" if redacted else "thinking signatures")
            case MediaGiven(media=media):
                self._losing(f"{media.kind} in answers")
            case RunStarted() | BlockGiven():
                self._losing(event.kind)
        return b""

    def _keep(self, event: ToolStarted | ToolDelta | Finished) -> bytes:
        if isinstance(event, Finished):
            self._finished = event
            return b""
        if isinstance(event, ToolStarted):
            self._calls.setdefault(event.call, (event, []))
        elif event.call in self._calls:
            self._calls[event.call][1].append(event.arguments)
        return b""

    def _end(self, usage: Usage) -> bytes:
        called = [
            ToolCall(start.id or f"call_{self._ask.seed}_{number}", start.name, "".join(pieces), start.signature)
            for number, (start, pieces) in sorted(self._calls.items())
        ]
        last = {
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": answer.REASON[self._finished.finish],
            "prompt_eval_count": usage.input,
            "eval_count": usage.output,
        }
        calls = self._line(*called) if called else b""
        answer.name_counts(usage, self._losses)
        self._losses.add("stop sequence", self._finished.stop)
        self._losing()
        return calls + whole(self._head + _encode(last)[1:] + b"\n")

    def _line(self, *blocks: Block, **more: Any) -> bytes:
        line = {"message": outgoing_turns.said("assistant", blocks, self._losses), "done": False, **more}
        self._losing()
        return whole(self._head + _encode(line)[1:] + b"\n")

    def _losing(self, name: str = "") -> bytes:
        self._losses.add(name, name)
        if len(self._losses.all()) > len(self.lost):
            self.lost[:] = self._losses.all()
        return b""


def whole(line: bytes) -> bytes:
    """One line, for readers that know more ends of lines than LF."""
    if line.isascii():
        return line
    for end, escaped in _LINE_ENDS:
        line = line.replace(end, escaped)
    return line

"""Streamed answers: events to lines."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
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
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.ollama_chat import dates, logprobs
from lockgate.dialects.ollama_chat.answer import REASON, name_counts
from lockgate.dialects.ollama_chat.encoder import whole
from lockgate.dialects.ollama_chat.losses import Losses
from lockgate.dialects.ollama_generate import problem

_encode = msgspec.json.Encoder().encode
_OPEN = b'"response":'
_CLOSE = b',"done":false}\n'


class Encoder:
    """Every line repeats model and date: they are written once, at the start."""

    __slots__ = ("_ask", "_finished", "_head", "_losses", "_text", "lost")

    def __init__(self, ask: Ask) -> None:
        self.lost: list[str] = []
        self._losses = Losses()
        self._ask = ask
        self._finished = Finished("stop")
        self._begin(Started("", ""))

    def feed(self, event: Event) -> bytes:
        if event.__class__ is TextDelta and event.choice == 0:  # nearly all of them
            return whole(self._text + _encode(event.text) + _CLOSE)
        if getattr(event, "choice", 0) != 0:  # the format has one answer
            return self._losing("n above 1")
        match event:
            case ThinkingDelta(text=text):
                return self._line(response="", thinking=text)
            case RefusalDelta(text=text):
                return self._line(response=text) + self._losing("refusal mark")
            case LogProbs(raw=raw):
                tokens = logprobs.encode(raw, self._losses)
                return self._line(response="", logprobs=tokens) if tokens else self._losing()
            case Started() | Finished() | Ended():
                return self._around(event)
        return self._nowhere(event)

    def fail(self, problem_: Problem) -> bytes:
        """The client raises at a line with an error."""
        return whole(problem.render(problem_, "") + b"\n")

    def _around(self, event: Started | Finished | Ended) -> bytes:
        if isinstance(event, Ended):
            return self._end(event.usage)
        if isinstance(event, Started):
            return self._begin(event)
        self._finished = event
        return b""

    def _begin(self, event: Started) -> bytes:
        head = {
            "model": event.model or self._ask.model,
            "created_at": dates.written(event.created or self._ask.created),
        }
        self._head = _encode(head)[:-1] + b","
        self._text = self._head + _OPEN
        return b""

    def _nowhere(self, event: Event) -> bytes:
        """What the format has no place for."""
        match event:
            case ThinkingSigned(redacted=redacted):
                return self._losing("redacted thinking" if redacted else "thinking signatures")
            case ToolStarted():
                return self._losing("tool calls")
            case MediaGiven(media=media):
                return self._losing(f"{media.kind} in answers")
            case RunStarted() | BlockGiven():
                return self._losing(event.kind)
        return b""

    def _end(self, usage: Usage) -> bytes:
        last = {
            "response": "",
            "done": True,
            "done_reason": REASON[self._finished.finish],
            "prompt_eval_count": usage.input,
            "eval_count": usage.output,
        }
        name_counts(usage, self._losses)
        self._losses.add("stop sequence", self._finished.stop)
        self._losing()
        return whole(self._head + _encode(last)[1:] + b"\n")

    def _line(self, **said: Any) -> bytes:
        return whole(self._head + _encode({**said, "done": False})[1:] + b"\n")

    def _losing(self, name: str = "") -> bytes:
        self._losses.add(name, name)
        if len(self._losses.all()) > len(self.lost):
            self.lost[:] = self._losses.all()
        return b""

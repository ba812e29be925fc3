"""Streamed answers: events to frames."""

import msgspec

from lockgate.codec import sse
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
from lockgate.dialects.openai_chat import usage
from lockgate.dialects.openai_completions import problem
from lockgate.dialects.openai_completions.answer import REASON

_encode = msgspec.json.Encoder().encode
_DONE = b"data: [DONE]\n\n"


class Encoder:
    """Every chunk repeats id, date and model: they are written once, at the start."""

    __slots__ = ("_ask", "_head", "_tail", "lost")

    def __init__(self, ask: Ask) -> None:
        self.lost: list[str] = []
        self._ask = ask
        self._tail = b'],"usage":null}\n\n' if ask.usage else b"]}\n\n"
        self._begin(Started("", ""))

    def feed(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, choice):
                return self._chunk(choice, text)
            case RefusalDelta(text, choice):
                self._lose("refusal mark")
                return self._chunk(choice, text)
            case Finished(finish, choice, stop):
                if stop:
                    self._lose("stop sequence")
                return self._chunk(choice, "", _encode(REASON[finish]))
            case Ended():
                return (self._counts(event.usage) if self._ask.usage else b"") + _DONE
            case Started():
                self._begin(event)
            case _:
                self._nowhere(event)
        return b""

    def fail(self, problem_: Problem) -> bytes:
        """The SDKs raise at a chunk with `error`. No [DONE] after it."""
        return sse.frame(problem.render(problem_, self._ask.request_id))

    def _begin(self, started: Started) -> None:
        told = {
            "id": started.id or f"cmpl-{self._ask.request_id}",
            "object": "text_completion",
            "created": started.created or self._ask.created,
            "model": started.model or self._ask.model,
        }
        self._head = b"data: " + _encode(told)[:-1] + b',"choices":['

    def _chunk(self, choice: int, text: str, finish: bytes = b"null") -> bytes:
        said = b'{"text":%b,"index":%d,"logprobs":null,"finish_reason":%b}' % (_encode(text), choice, finish)
        return self._head + said + self._tail

    def _counts(self, counted: Usage) -> bytes:
        return self._head + b'],"usage":' + _encode(usage.encode(counted)) + b"}\n\n"

    def _nowhere(self, event: Event) -> None:
        """What the format has no place for."""
        match event:
            case ThinkingDelta() | ThinkingSigned():
                self._lose("thinking")
            case ToolStarted():
                self._lose("tool calls")
            case LogProbs():
                self._lose("logprobs")
            case MediaGiven(media=media):
                self._lose(f"{media.kind} in answers")
            case RunStarted() | BlockGiven():
                self._lose(event.kind)

    def _lose(self, name: str) -> None:
        if name not in self.lost:
            self.lost.append(name)

"""Lines of a streamed answer, in both of Ollama's formats: where it begins, where it ends, and what could not be said."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    BlockGiven,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RunStarted,
    Started,
    ThinkingSigned,
)
from lockgate.core.problem import Problem
from lockgate.dialects.ollama_chat import dates, logprobs, problem
from lockgate.dialects.ollama_chat.answer import REASON, name_counts
from lockgate.dialects.ollama_chat.losses import Losses

_encode = msgspec.json.Encoder().encode
# The official client splits lines where Unicode does. Inside JSON these stand only in strings.
_LINE_ENDS = ((b"\xc2\x85", b"\\u0085"), (b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


class Lines:
    """Every line repeats model and date: they are written once, at the start. `text` is what a line of text begins with,
    up to the text itself, and `opening` what stands there between date and text.
    """

    __slots__ = ("_ask", "_head", "_opening", "finished", "losses", "lost", "text")

    def __init__(self, ask: Ask, opening: bytes) -> None:
        self.lost: list[str] = []
        self.losses = Losses()
        self.finished = Finished("stop")
        self._ask, self._opening = ask, opening
        self.begin(Started("", ""))

    def begin(self, event: Started) -> bytes:
        head = {
            "model": event.model or self._ask.model,
            "created_at": dates.written(event.created or self._ask.created),
        }
        self._head = _encode(head)[:-1] + b","
        self.text = self._head + self._opening
        return b""

    def line(self, said: dict[str, Any], **more: Any) -> bytes:
        return self._written({**said, "done": False, **more})

    def probable(self, event: LogProbs, empty: dict[str, Any]) -> bytes:
        """`empty` is a line's content without any text."""
        tokens = logprobs.encode(event.raw, self.losses)
        return self.line(empty, logprobs=tokens) if tokens else self.losing()

    def end(self, empty: dict[str, Any], usage: Usage) -> bytes:
        name_counts(usage, self.losses)
        self.losses.add("stop sequence", self.finished.stop)
        self.losing()
        counts = {"prompt_eval_count": usage.input, "eval_count": usage.output}
        return self._written({**empty, "done": True, "done_reason": REASON[self.finished.finish], **counts})

    def nowhere(self, event: Event) -> bytes:
        """What neither format has a place for."""
        match event:
            case ThinkingSigned(redacted=redacted):
                return self.losing("redacted thinking" if redacted else "thinking signatures")
            case MediaGiven(media=media):
                return self.losing(f"{media.kind} in answers")
            case RunStarted() | BlockGiven():
                return self.losing(event.kind)
        return b""

    def losing(self, name: str = "") -> bytes:
        self.losses.add(name, name)
        if len(self.losses.all()) > len(self.lost):
            self.lost[:] = self.losses.all()
        return b""

    def _written(self, said: dict[str, Any]) -> bytes:
        return whole(self._head + _encode(said)[1:] + b"\n")


def failed(problem_: Problem) -> bytes:
    """The client raises at a line with an error."""
    return whole(problem.render(problem_, "") + b"\n")


def whole(line: bytes) -> bytes:
    """One line, for readers that know more ends of lines than LF."""
    if line.isascii():
        return line
    for end, escaped in _LINE_ENDS:
        line = line.replace(end, escaped)
    return line

"""A look at frames that pass verbatim: token counts, the end, an error."""

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.problem import Problem
from lockgate.dialects.openai_responses import answer, decoder, problem, usage

_ENDS = (b"response.completed", b"response.incomplete", b"response.failed", b'"error"', b"event: error")
_DELTA = b".delta\n"


class Watch:
    """Cheap: nearly all frames are deltas, and those are known by their first line. Never raises."""

    __slots__ = ("ended", "failed", "over", "usage")

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.ended = self.over = False
        self.failed: Problem | None = None

    def feed(self, frame: bytes) -> None:
        if self.ended or _DELTA in frame[:64] or not any(word in frame for word in _ENDS):
            return
        try:
            self._look(frame)
        except Problem as found:
            if found.kind is found.kind.UPSTREAM_ERROR:
                self.failed = found

    def _look(self, frame: bytes) -> None:
        said = decoder.read(frame)
        if said is None:
            return
        if said.type == "error":
            raise problem.read(0, sse.data(frame))
        if said.type in ("response.completed", "response.incomplete", "response.failed"):
            told = answer.read(said.response)
            self.usage = usage.decode(told)
            self.ended = self.over = True

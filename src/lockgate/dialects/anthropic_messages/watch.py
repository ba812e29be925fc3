"""A look at frames that pass verbatim: token counts, the end, an error."""

from lockgate.core.answer import Usage
from lockgate.core.problem import Problem
from lockgate.dialects.anthropic_messages import frames, problem, usage
from lockgate.dialects.anthropic_messages.wire import Counts

_DELTA = b"event: content_block_delta\n"


class Watch:
    """Cheap: nearly all frames are deltas, and those are known by their first bytes."""

    __slots__ = ("_counts", "ended", "failed", "over", "usage")

    def __init__(self) -> None:
        self._counts = usage.NOTHING
        self.usage: Usage | None = None
        self.ended = self.over = False
        self.failed: Problem | None = None

    def feed(self, frame: bytes) -> None:
        if frame.startswith(_DELTA) or self.ended:
            return
        if b'"usage"' not in frame and b"message_stop" not in frame and b"error" not in frame:
            return
        try:
            found = frames.read(frame)
        except Problem:
            return
        if found is None:
            return
        kind, content = found
        if kind == "message_stop":
            self.ended = self.over = True
        elif kind == "error":
            self.failed = problem.upstream(content.error)
        elif kind == "message_start" and content.message is not None:
            self._count(content.message.usage)
        elif kind == "message_delta":
            self._count(content.usage)

    def _count(self, counts: Counts | None) -> None:
        if counts is not None:
            self._counts = usage.overlaid(self._counts, counts)
            self.usage = usage.read(self._counts)

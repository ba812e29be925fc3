"""A look at what passes verbatim: counts, the end, an error. Substrings first, JSON only where they hit."""

import msgspec
from msgspec import Struct

from lockgate.core.answer import Usage
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import answer, wire

_TRUE = b"true"
_ERROR = b'"error"'


class _Counts(Struct, frozen=True, gc=False):
    prompt_eval_count: int | None = None
    eval_count: int | None = None


_counts = msgspec.json.Decoder(_Counts)


class Watch:
    """A line without `true` cannot be the last one. Never raises."""

    __slots__ = ("ended", "failed", "over", "usage")

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.ended = self.over = False
        self.failed: Problem | None = None

    def feed(self, frame: bytes) -> None:
        if _TRUE not in frame and _ERROR not in frame:
            return
        try:
            line = wire.read(frame)
        except Problem as problem:
            if problem.kind is Kind.UPSTREAM_ERROR:
                self.failed = problem
            return
        if line.done:
            self.ended = self.over = True
            self.usage = answer.counted(line)


def unary_usage(raw: bytes) -> Usage | None:
    try:
        counts = _counts.decode(raw)
    except (ValueError, RecursionError):
        return None
    if counts.prompt_eval_count is None and counts.eval_count is None:
        return None
    return answer.counted(counts)

"""A large answer, watched as it goes by: the counts stand before its vectors or behind them."""

import re
from typing import final

from lockgate.core.answer import Usage
from lockgate.dialects.openai_embeddings import usage

KEPT = 4096
"""Bytes of its begin and of its end."""
_COUNTS = re.compile(rb'"usage"\s*:\s*(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})')


@final
class Passed:
    """The port `Passed`. That an answer is whole is told by its braces: there are none in numbers, nor in base64."""

    __slots__ = ("_begin", "_depth", "_end")

    def __init__(self) -> None:
        self._begin = self._end = b""
        self._depth = 0

    def feed(self, chunk: bytes) -> None:
        self._depth += chunk.count(b"{") - chunk.count(b"}")
        if len(self._begin) < KEPT:
            self._begin += chunk[: KEPT - len(self._begin)]
        self._end = chunk[-KEPT:] if len(chunk) >= KEPT else (self._end + chunk)[-KEPT:]

    @property
    def ended(self) -> bool:
        return self._depth == 0 and self._end.rstrip(b" \t\r\n").endswith(b"}")

    @property
    def usage(self) -> Usage | None:
        for part in (self._end, self._begin):
            if (found := _COUNTS.search(part)) is not None and (counts := usage.alone(found[1])) is not None:
                return counts
        return None

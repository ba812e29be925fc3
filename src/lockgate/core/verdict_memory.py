"""Verdicts on texts of requests, for a while: agents send their whole history again with every turn.

Kept are places and labels under a keyed hash of the text; no text is.
"""

import hashlib
from collections.abc import Sequence
from typing import final

from lockgate.core.finding import Finding

MOST = 10_000
"""Verdicts of one guard, in one process."""


@final
class VerdictMemory:
    """`seconds`: how long a verdict is good; 0 keeps none. Times are of a clock that never goes back. `key`: 64 bytes at most."""

    __slots__ = ("_kept", "_key", "_most", "_seconds")

    def __init__(self, seconds: float = 0.0, key: bytes = b"", most: int = MOST) -> None:
        self._seconds, self._key, self._most = seconds, key, most
        self._kept: dict[bytes, tuple[float, Sequence[Finding]]] = {}

    def get(self, text: str, place: str, now: float) -> Sequence[Finding] | None:
        if not self._kept:
            return None
        known = self._kept.get(self._name(text, place))
        return known[1] if known is not None and now < known[0] else None

    def put(self, text: str, place: str, found: Sequence[Finding], now: float) -> None:
        if not self._seconds:
            return
        name = self._name(text, place)
        self._kept.pop(name, None)  # so that the dictionary is in the order of time
        while len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[name] = now + self._seconds, found

    def _name(self, text: str, place: str) -> bytes:
        said = f"{place}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self._key, digest_size=16).digest()

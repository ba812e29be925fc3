"""Parts of requests in which nothing was found, for a while: a conversation comes again whole with each of its turns.

Kept are keyed hashes of the parts; no text is.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import final

MOST = 16_384
"""Parts that are remembered at least, in one process."""


@final
class Known:
    """`key` makes it impossible to prepare two parts that look alike here. What was used lately stays longest: it is kept
    in two halves, and the older one is let go of when the younger one is full.
    """

    __slots__ = ("_key", "_most", "_old", "_young")

    def __init__(self, key: bytes, most: int = MOST) -> None:
        self._key, self._most = key, most
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def names(self, kind: bytes, parts: "Iterable[bytes | memoryview]") -> list[bytes]:
        """What parts of a kind are called here."""
        begin = self._key + kind
        return [sha256(b"".join((begin, part))).digest() for part in parts]

    def name(self, kind: bytes, part: "bytes | memoryview") -> bytes:
        """What one of them is called."""
        return sha256(b"".join((self._key, kind, part))).digest()

    def __contains__(self, name: bytes) -> bool:
        if name in self._young:
            return True
        if name not in self._old:
            return False
        self._put(name)
        return True

    def missing(self, names: Sequence[bytes]) -> Sequence[int]:
        """The places of those that are not known. Often that is all of them."""
        if self._young.isdisjoint(names) and self._old.isdisjoint(names):
            return range(len(names))
        return [place for place, name in enumerate(names) if name not in self]

    def add(self, names: Collection[bytes]) -> None:
        if len(self._young) + len(names) <= self._most:
            self._young.update(names)
            return
        for name in names:
            self._put(name)

    def _put(self, name: bytes) -> None:
        if len(self._young) >= self._most:
            self._old, self._young = self._young, set()
        self._young.add(name)

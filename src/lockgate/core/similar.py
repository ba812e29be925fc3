"""The port to questions that were answered: which of them mean the same as this one."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from lockgate.core.near_miss import Signature


class Asked(Struct, frozen=True):
    """A question: all of it but its last text as the name of a bucket, that text, and what in it has to be the same."""

    bucket: bytes
    text: str
    signature: Signature


class Likeness(Struct, frozen=True):
    """A question that means the same: how much so, and the name of its answer."""

    similarity: float
    key: bytes


class Nearest(Struct, frozen=True):
    """The nearest first. `vector` is the asked text's, to keep it with; empty when nobody had to be asked for one.

    `failed`: somebody had to, and gave none.
    """

    found: Sequence[Likeness] = ()
    vector: bytes = b""
    failed: bool = False


class Similar(Protocol):
    """What is kept of other questions. Fails no request."""

    async def nearest(self, asked: Asked, wall: float) -> Nearest: ...
    def add(self, asked: Asked, vector: bytes, key: bytes, end: float, seconds: float) -> None:
        """Returns at once. `end` is when the answer's time is over, in seconds since 1970; `seconds` are left of it."""
        ...

"""How much answer a request wants, so far as it says so."""

from math import ceil, isfinite
from typing import Any

import msgspec
from msgspec import Raw, Struct

from lockgate.core.problem import Kind, Problem

MOST = 1 << 40

_value = msgspec.json.Decoder()


class Wanted(Struct, frozen=True, gc=False):
    """`tokens` is the most for one answer, None where nobody said; `answers` is how many are wanted.

    `inputs` are worked on each by itself: each may have as many tokens as the model takes.
    """

    tokens: int | None = None
    answers: int = 1
    inputs: int = 1


def number(raw: Raw | None, where: str) -> int | None:
    """A field's whole number; None when it is not there, null, or negative, which some servers take for no limit.

    Anything else is refused: what we cannot read, an upstream may, and take for more than was reserved.
    """
    if raw is None:
        return None
    value = _value.decode(raw)
    return value if type(value) is int and 0 <= value < MOST else amount(value, where)


def amount(value: Any, where: str) -> int | None:
    """The same for a value that was decoded."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Problem(Kind.INVALID, f"{where} must be a whole number", where=where)
    return min(ceil(value), MOST) if value >= 0 else None

"""Token counts: of the input alone, for nothing is written."""

from typing import Any

import msgspec
from msgspec import Struct

from lockgate.core.answer import MOST_COUNTED, Usage


class _Answer(Struct, frozen=True):
    usage: Any = None


_answer = msgspec.json.Decoder(_Answer)
_any = msgspec.json.Decoder(Any)


def unary(body: bytes) -> Usage | None:
    """Of a whole answer. Never raises."""
    try:
        return _read(_answer.decode(body).usage)
    except (ValueError, RecursionError):
        return None


def alone(raw: bytes) -> Usage | None:
    """Of the object that holds the counts. Never raises."""
    try:
        return _read(_any.decode(raw))
    except (ValueError, RecursionError):
        return None


def _read(counts: Any) -> Usage | None:
    """Some say only the total, which is the same."""
    if not isinstance(counts, dict):
        return None
    said = _number(counts.get("prompt_tokens")) or _number(counts.get("total_tokens"))
    return Usage(input=said) if said else None


def _number(value: Any) -> int:
    sane = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_COUNTED
    return int(value) if sane else 0

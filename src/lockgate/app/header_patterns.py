"""Patterns for the values of headers, in an automaton: no pattern and no value can make it slow."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)
def matcher(expression: str) -> Callable[[bytes], bool]:
    """Whether a whole value fits. `ValueError` for what is no such expression; what is not ASCII fits none."""
    import hyperscan  # noqa: PLC0415  only where there is a pattern

    try:
        _compiled(hyperscan, expression)  # alone first: `a)|(b` must not break out of its brackets
        database = _compiled(hyperscan, rf"\A(?:{expression})\z")
    except hyperscan.HyperscanError as error:
        raise ValueError(str(error).rstrip(".")) from error

    def matches(value: bytes) -> bool:
        hits: list[int] = []
        database.scan(value, match_event_handler=_note, context=hits)
        return bool(hits)

    return lambda value: value.isascii() and matches(value)


def _compiled(hyperscan: Any, expression: str) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_ALLOWEMPTY | hyperscan.HS_FLAG_SINGLEMATCH
    database.compile(expressions=[expression.encode()], ids=[0], elements=1, flags=[flags])
    return database


def _note(pattern: int, start: int, end: int, flags: int, hits: list[int]) -> None:
    hits.append(end)

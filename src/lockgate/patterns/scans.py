"""Scans of an automaton that end once enough is known, or too much."""

from collections.abc import Set as AbstractSet
from typing import Any

from lockgate.core.toil import MOST_SEEN, Toil, TooMany

Raw = list[int]
"""Of each hit, where it ended and its line, in one number: so they sort by their ends, and are made in no time."""
SHIFT = 24
LINE = (1 << SHIFT) - 1


def scanned(automaton: Any, data: bytes, toil: Toil) -> Raw:
    """What it hits. It is stopped when that is too much: what is not looked at is not clean."""
    raw: Raw = []
    try:
        automaton.scan(data, match_event_handler=_take, context=raw)
    except Exception:
        if len(raw) > MOST_SEEN:
            raise TooMany from None
        raise
    toil.saw(len(raw))
    return raw


def _take(pattern: int, _start: int, end: int, _flags: int, raw: Any) -> bool:
    raw.append(end << SHIFT | pattern)
    return len(raw) > MOST_SEEN


def stopped(automaton: Any, data: bytes, hit: set[int], enough: AbstractSet[int], begin: int = 0) -> bool:
    """Whether one of the lines was hit that are enough; else `hit` are those that were. The first is called `begin`."""
    try:
        if begin:
            automaton.scan(data, match_event_handler=_note_behind, context=(hit, enough, begin))
        else:
            automaton.scan(data, match_event_handler=_note, context=(hit, enough))
    except Exception:
        if hit.isdisjoint(enough):
            raise
        return True
    return False


def _note(pattern: int, _start: int, _end: int, _flags: int, context: Any) -> bool:
    hit, enough = context
    hit.add(pattern)
    return pattern in enough


def _note_behind(pattern: int, _start: int, _end: int, _flags: int, context: Any) -> bool:
    hit, enough, begin = context
    line = begin + pattern
    hit.add(line)
    return line in enough


def furthest(pattern: int, _start: int, end: int, _flags: int, ends: Any) -> None:
    ends[pattern] = end  # they come in order

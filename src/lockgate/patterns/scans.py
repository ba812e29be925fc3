"""Scans of an automaton that end once enough is known, or too much."""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise
from typing import Any

from lockgate.core.toil import MOST_SEEN, Toil, TooMany
from lockgate.patterns.octets import FOLLOWING

Ends = dict[int, list[int]]
"""Of each line that was hit, where its hits ended, in order: in bytes of the text, which a line's end stands before."""
OFTEN = 0xFFF
"""After so many hits of a line all are counted: to count them with each would take as long as to keep them."""


def scanned(automaton: Any, data: bytes, toil: Toil) -> Ends:
    """What it hits. It is stopped when that is too much: what is not looked at is not clean."""
    ends: Ends = defaultdict(list)
    try:
        automaton.scan(data, match_event_handler=_take, context=ends)
    except Exception:
        if _number(ends) > MOST_SEEN:
            raise TooMany from None
        raise
    if ends:
        toil.saw(_number(ends))
    return ends


def _take(line: int, _start: int, end: int, _flags: int, ends: Any) -> bool:
    own = ends[line]
    own.append(end - 1)
    return not len(own) & OFTEN and _number(ends) > MOST_SEEN


def _number(ends: Ends) -> int:
    return sum(map(len, ends.values()))


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


def joined(lists: list[list[int]]) -> list[int]:
    """Of several lines in one list, each end once as if they were one line. Of one line, its own list: it is not changed."""
    return lists[0] if len(lists) == 1 else sorted(set(chain.from_iterable(lists)))


def in_characters(ends: Ends, data: bytes) -> Ends:
    """Ends in bytes as ends in characters."""
    places = sorted({0, *chain.from_iterable(ends.values())})
    at = {0: 0}
    for before, place in pairwise(places):  # a line's end stands before the text; a hit may end inside of a character
        at[place] = at[before] + len(data[before + 1 : place + 1].translate(None, FOLLOWING))
    return {line: [at[end] for end in own] for line, own in ends.items()}

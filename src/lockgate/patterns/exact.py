"""The matches of a kind at the hits of its pattern, by Python's own engine: on a few characters around each, or on those around many."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Protocol

MANY = 24
"""From so many hits on, those near each other are looked at in one go."""


AHEAD = 4
"""So many characters behind it a match may look at."""


class Exact(Protocol):
    """`reach`: no match is longer. `room`: nor longer behind a hit. `tight`: no blank is part of it."""

    @property
    def exact(self) -> re.Pattern[str]: ...
    @property
    def reach(self) -> int: ...
    @property
    def room(self) -> int: ...
    @property
    def tight(self) -> bool: ...


class Match(Protocol):
    """As Python's own has it."""

    def __getitem__(self, group: str | int, /) -> str: ...
    def start(self) -> int: ...
    def span(self, group: str | int = 0, /) -> tuple[int, int]: ...


class Asked:
    """A match of which the engine said where it begins."""

    __slots__ = ("_span", "_text")

    def __init__(self, text: str, span: tuple[int, int]) -> None:
        self._text, self._span = text, span

    def __getitem__(self, group: str | int, /) -> str:
        return self._text[self._span[0] : self._span[1]]

    def start(self) -> int:
        return self._span[0]

    def span(self, group: str | int = 0, /) -> tuple[int, int]:
        return self._span


def asked(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Match]:
    return (Asked(text, span) for span in spans)


def exact(kind: Exact, text: str, ends: Sequence[int]) -> Iterator[Match]:
    """The matches at the hits, each once. What is looked at is bounded: on the whole a few times the text, and no more."""
    return one_by_one(kind, text, ends) if len(ends) < MANY else together(kind, text, ends)


def one_by_one(kind: Exact, text: str, ends: Sequence[int]) -> Iterator[re.Match[str]]:
    """`floor`: no match begins before it that was not given. Where nothing is found, the next look goes twice as far ahead."""
    floor, ahead, size = 0, kind.room, len(text)
    search = kind.exact.search
    for hit in ends:
        while floor < hit:
            end = min(size, hit + ahead)
            match = search(text, _begin(kind, text, hit, floor), end)
            if match is None:
                floor = max(floor, size if end == size else end - kind.reach)
                ahead *= 2
                break
            start = match.start()
            if _cut(kind, start, end, size):
                match = kind.exact.match(text, start, min(size, start + kind.reach + AHEAD))
                if match is None:
                    floor = start + 1
                    continue
            floor = match.end()
            yield match


def _cut(kind: Exact, start: int, end: int, size: int) -> bool:
    """A match that begins there may be longer than it is up to our own end, or none at all: some look ahead."""
    return start + kind.reach + AHEAD > end < size


def _begin(kind: Exact, text: str, hit: int, floor: int) -> int:
    begin = max(floor, hit - kind.reach)
    if kind.tight:
        return max(begin, text.rfind(" ", begin, hit), text.rfind("\n", begin, hit))
    return begin


def together(kind: Exact, text: str, ends: Sequence[int]) -> Iterator[re.Match[str]]:
    """The same. Where no hit is near enough to be part of a match, nothing is looked at."""
    floor, size, near = 0, len(text), kind.reach + kind.room
    at = 0
    while at < len(ends):
        first, last = ends[at], at
        while (further := bisect_right(ends, ends[last] + near, last) - 1) > last:
            last = further
        at = last + 1
        begin, end = max(floor, first - kind.reach), min(size, ends[last] + kind.room)
        while begin < end:
            cut: re.Match[str] | None = None
            sure = size if end == size else end - kind.reach - AHEAD  # up to there `_cut` says no
            for match in kind.exact.finditer(text, begin, end):
                if match.start() > sure:
                    cut = match
                    break
                yield match
            if cut is None:
                break
            begin = cut.start()
            if whole := kind.exact.match(text, begin, min(size, begin + kind.reach + AHEAD)):
                yield whole
                begin = floor = whole.end()
            else:
                begin += 1

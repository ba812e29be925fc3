"""Hits of one guard in one text, by pattern: made one by one only for those who want them so."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import overload

from lockgate.core.finding import Hit

_ENDS = attrgetter("end")


class Hits(Sequence[Hit]):
    """`ends`: where each pattern ended, in order. `starts`: and began, for those that ask. Nobody changes these lists: patterns that
    share a line share its list.
    """

    __slots__ = ("_all", "ends", "starts")

    def __init__(self, ends: Mapping[int, Sequence[int]], starts: Mapping[int, Sequence[int]]) -> None:
        self.ends = ends
        self.starts = starts
        self._all: list[Hit] | None = None

    def candidates(self) -> int:
        """Those that end in one place are one."""
        lists = {id(ends): ends for ends in self.ends.values()}
        return len(set().union(*lists.values()))

    def of(self, pattern: int) -> Iterator[Hit]:
        ends = self.ends[pattern]
        starts = self.starts.get(pattern)
        for at, end in enumerate(ends):
            yield Hit(pattern, -1 if starts is None else starts[at], end)

    def inside(self) -> "Hits":
        """Without those that begin with the text."""
        if not any(0 in starts for starts in self.starts.values()):
            return self
        ends, starts = dict(self.ends), dict(self.starts)
        for pattern, began in self.starts.items():
            starts[pattern] = [start for start in began if start]
            ends[pattern] = [end for start, end in zip(began, self.ends[pattern], strict=True) if start]
        return Hits(ends, starts)

    def called(self, numbers: Sequence[int]) -> "Hits":
        """The same, of patterns that have other numbers elsewhere."""
        ends = {numbers[pattern]: ends for pattern, ends in self.ends.items()}
        return Hits(ends, {numbers[pattern]: starts for pattern, starts in self.starts.items()})

    def _made(self) -> list[Hit]:
        if self._all is None:
            self._all = sorted((hit for pattern in self.ends for hit in self.of(pattern)), key=_ENDS)
        return self._all

    def __len__(self) -> int:
        return sum(map(len, self.ends.values()))

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._made())

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> list[Hit]: ...
    def __getitem__(self, at: int | slice) -> Hit | list[Hit]:
        return self._made()[at]


def of_all(hits: Sequence[Hit]) -> Hits:
    """By pattern, in the order they came in."""
    if isinstance(hits, Hits):
        return hits
    ends: dict[int, list[int]] = {}
    starts: dict[int, list[int]] = {}
    for hit in hits:
        ends.setdefault(hit.pattern, []).append(hit.end)
        starts.setdefault(hit.pattern, []).append(hit.start)
    return Hits(ends, starts)

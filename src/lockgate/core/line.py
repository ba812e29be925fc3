"""Who waits for a place, by class: the highest class goes first, the oldest of it before the others."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar, final

from lockgate.core.rank import Rank

T = TypeVar("T", bound=Hashable)
_RANKS = tuple(Rank)


@final
class Line(Generic[T]):
    """At most `room` come in. Nobody is turned away while somebody of a lower class stays."""

    __slots__ = ("_rows", "room", "size")

    def __init__(self, room: int) -> None:
        self.room, self.size = room, 0
        """`size`: how many are here."""
        self._rows: tuple[OrderedDict[T, float], ...] = tuple([OrderedDict() for _ in Rank])

    def put(self, item: T, rank: Rank, now: float) -> T | None:
        """Who has to go, if the line is full: the last one of the lowest class, which hears it soonest. That is the new one
        itself, unless somebody lower is there.
        """
        out: T | None = None
        if self.size >= self.room:
            lowest = self.lowest()
            if lowest is None or lowest >= rank:
                return item
            out, _ = self._rows[lowest].popitem()
            self.size -= 1
        self._rows[rank][item] = now
        self.size += 1
        return out

    def lowest(self) -> Rank | None:
        """The lowest class that somebody here has."""
        for rank, row in zip(_RANKS, self._rows, strict=True):
            if row:
                return rank
        return None

    def has_below(self, rank: Rank) -> bool:
        """Whether somebody of a lower class is here."""
        return any(self._rows[:rank])

    def take(self) -> T | None:
        """Whose turn it is."""
        for row in reversed(self._rows):
            if row:
                self.size -= 1
                return row.popitem(last=False)[0]
        return None

    def leave(self, item: T) -> bool:
        """Somebody waits no longer; False: it did not."""
        left = any(row.pop(item, None) is not None for row in self._rows)
        self.size -= left
        return left

    def oldest(self) -> float | None:
        """When the one came who waits longest."""
        return min((next(iter(row.values())) for row in self._rows if row), default=None)

    def since(self, moment: float) -> list[T]:
        """Takes out who came then or before; and everybody below them, for their turn would come later still."""
        late: list[T] = []
        highest = max(
            (rank for rank in Rank if (row := self._rows[rank]) and next(iter(row.values())) <= moment), default=None
        )
        if highest is None:
            return late
        late += self.below(highest)
        row = self._rows[highest]
        while row and next(iter(row.values())) <= moment:
            late.append(row.popitem(last=False)[0])
            self.size -= 1
        return late

    def below(self, least: int) -> list[T]:
        """Takes out all of lower classes than this one."""
        out: list[T] = []
        for row in self._rows[:least]:
            out += row
            self.size -= len(row)
            row.clear()
        return out

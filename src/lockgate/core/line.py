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

    __slots__ = ("_rows", "room")

    def __init__(self, room: int) -> None:
        self.room = room
        self._rows: tuple[OrderedDict[T, float], ...] = tuple([OrderedDict() for _ in Rank])

    def __len__(self) -> int:
        return sum(map(len, self._rows))

    def put(self, item: T, rank: Rank, now: float) -> T | None:
        """Who has to go, if the line is full: the last one of the lowest class, which hears it soonest. That is the new one
        itself, unless somebody lower is there.
        """
        out: T | None = None
        if len(self) >= self.room:
            lowest = self.lowest()
            if lowest is None or lowest >= rank:
                return item
            out, _ = self._rows[lowest].popitem()
        self._rows[rank][item] = now
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
                return row.popitem(last=False)[0]
        return None

    def leave(self, item: T) -> bool:
        """Somebody waits no longer; False: it did not."""
        return any(row.pop(item, None) is not None for row in self._rows)

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
        return late

    def below(self, least: int) -> list[T]:
        """Takes out all of lower classes than this one."""
        out: list[T] = []
        for row in self._rows[:least]:
            out += row
            row.clear()
        return out

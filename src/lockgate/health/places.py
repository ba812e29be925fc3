"""Which row of this worker is whose: a new upstream gets the place of one that nobody used for long, or a new one."""

from typing import final

from lockgate.health.hold import Hold
from lockgate.health.row import Enlisted, Row
from lockgate.health.shared import FORGOTTEN


@final
class Places:
    """A place stays an upstream's while it is in force, and for so long after it was that nobody asks it any more."""

    __slots__ = ("_at", "_holds", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._at: dict[int, int] = {}
        self._holds: dict[str, Hold] = {}

    def take(self, who: Enlisted, at: int, now: float) -> tuple[int, bool]:
        """Its place, and whether that is another one's from now on. `at` is its row of the shared memory."""
        place = self._at.get(who.digest)
        if fresh := place is None:
            place = self._unused(now - FORGOTTEN)
            for former in self.rows[place : place + 1]:
                del self._at[former.who.digest]
            self._at[who.digest] = place
            self.rows[place : place + 1] = [Row(who, at, self._holds.setdefault(who.provider, Hold(who.provider)))]
        row = self.rows[place]
        row.who, row.at, row.listed, row.used = who, at, True, now
        row.hold.bounds(who.requests, who.pending)
        return place, fresh

    def full(self) -> frozenset[str]:
        """Providers that take no more at once."""
        return frozenset(name for name, hold in self._holds.items() if hold.full)

    def _unused(self, before: float) -> int:
        """Behind all of them where there is none."""
        found = (place for place, row in enumerate(self.rows) if not row.listed and row.used < before)
        return next(found, len(self.rows))

"""What this machine tells others of its upstreams, and what it makes of what they tell: beside the requests, by one worker.

Told are breakers that opened and outliers, cool-downs, and what is left of limits: changes, and never requests. Not told are
health checks, which each machine makes itself, what runs, and how quick it is: that is each machine's own.
"""

import time
from collections.abc import Callable
from typing import final

from lockgate.core.notice import SLACK, Board, Notice, warned
from lockgate.health.row import Row
from lockgate.health.shared import Shared
from lockgate.health.table import SWEEP, Table

STEP, STALE, BELIEVED = 0.05, 10.0, 60.0
"""How much headroom has to change to be told, after how many seconds it is told anyway, and after how many it is never."""


class Known:
    """What hangs on the board of one upstream, as far as is known here; times are of this machine's clock."""

    __slots__ = ("cool", "headroom", "out", "told")

    def __init__(self) -> None:
        self.out = self.cool = self.told = 0.0
        self.headroom = 1.0

    def take(self, notice: Notice, now: float) -> None:
        if notice.out > 0:
            self.out = max(self.out, now + notice.out)
        if notice.cool > 0:
            self.cool = max(self.cool, now + notice.cool)
        if now - notice.age > self.told:
            self.headroom, self.told = notice.headroom, now - notice.age


@final
class Neighbours:
    """`exchange` is called every so often. `shared` is the memory behind the table."""

    def __init__(
        self, table: Table, shared: Shared, board: Board, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._table, self._shared, self._board, self._clock = table, shared, board, clock
        self._known: dict[int, Known] = {}

    async def exchange(self) -> None:
        """`StoreError` when the board is away: then this machine knows what it sees itself, and tells it anew later."""
        now = self._clock()
        rows = {row.who.digest: row for row in self._table.rows()}
        mine = [notice for row in rows.values() if (notice := self._news(row, now))]
        known, self._known = self._known, {}  # whoever gets no answer knows nothing of the board
        heard = await self._board.exchange(mine)
        there = known if heard is None else {each.digest for each in heard}  # one that was emptied is told anew
        self._known = {digest: each for digest, each in known.items() if digest in there}
        for notice in mine:
            self._known.setdefault(notice.digest, Known()).take(notice, now)
        news = [self._hear(rows[each.digest], each) for each in heard or () if each.digest in rows]
        if any(news):
            self._shared.touch()

    async def aclose(self) -> None:
        await self._board.aclose()

    def _news(self, row: Row, now: float) -> Notice | None:
        """What nobody was told yet."""
        known = self._known.get(row.who.digest) or Known()
        breaker, (headroom, told) = row.breaker, self._shared.headroom(row.at)
        out = _left(breaker.out_until, now, known.out) if breaker.tripped else 0.0
        cool = _left(breaker.cool_until, now, known.cool)
        changed = abs(headroom - known.headroom) >= STEP or told > known.told + STALE
        fresh = changed and told > max(known.told, now - BELIEVED)
        if not (out or cool or fresh):
            return None
        spoken = {"headroom": headroom, "age": max(0.0, now - told)} if fresh else {}
        return Notice(row.who.digest, out, breaker.ejections, cool, **spoken)

    def _hear(self, row: Row, notice: Notice) -> bool:
        """Whether it changes what all workers look at. What was heard before is no news: it may be well again since."""
        now, known = self._clock(), self._known.setdefault(row.who.digest, Known())
        out, cool = _left(now + notice.out, now, known.out), _left(now + notice.cool, now, known.cool)
        fresh = Notice(notice.digest, out, notice.ejections, cool)
        known.take(notice, now)
        with self._shared.lock():
            before = self._shared.read(row.at)
            well = row.good > 0 or self._shared.good(row.at) > max(0.0, now - 2 * SWEEP)
            breaker = warned(before, fresh, row.who.rules, now, doing_well=well)
            if breaker is not before:
                self._shared.write(row.at, breaker)
        told = now - notice.age
        newer = told > self._shared.headroom(row.at)[1] + SLACK
        if newer and told > 0:
            self._shared.set_headroom(row.at, notice.headroom, told)
        return newer


def _left(until: float, now: float, known: float) -> float:
    """Seconds that are left of it, 0 where it is over or no later than what is known."""
    return until - now if until > max(now, known) + SLACK else 0.0

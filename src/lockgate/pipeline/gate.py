"""Who may be at work now: as many requests as this process can do well, the others in a short line, and the rest refused.

At work is a request from when its sender is known until an upstream is asked. One that waits for an upstream, for a slow
client or for a guard elsewhere is not: thousands of those are fine.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Literal, final

from lockgate.core.auth import Caller
from lockgate.core.gradient import Gradient
from lockgate.core.http import Shed
from lockgate.core.line import Line
from lockgate.core.problem import Kind, Problem
from lockgate.core.rank import RANKS, Rank
from lockgate.core.room import LEAST, Room
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.rests import AGAIN, REFUSALS, Rests

Reason = Literal["", "full", "waited", "memory", "again"]

PATIENCE = 0.6
"""Seconds after which one hears a no who waits in the line, should the gateway have become slower."""
OFTEN, HELD_UP = 0.02, 0.1
"""Seconds between two looks at who waited too long; and that such a look may be late before it is this process that was slow."""
WINDOW, SAMPLES = 0.05, 10
"""Seconds and requests at least from which the limit is learned."""
_SAID: dict[str, str] = {
    "full": "more requests came than this gateway can serve now",
    "waited": "this request waited too long for its turn",
    "memory": "this gateway has no memory left for more requests",
}


@final
class Gate:
    """Lives as long as its process; a reload tells it other words. `priority` is the field of a key's metadata that holds its
    class, `default` the class of all others. `limited` False: only memory refuses.
    """

    __slots__ = (
        "_began", "_clock", "_crowded", "_done", "_due", "_fixed", "_hoping", "_learner", "_line", "_loop", "_lowest", "_most", "_own",
        "_rests", "_room", "_spared", "_timer", "_waited", "default", "inside", "least", "limit", "limited", "priority", "refusals", "repeated", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        learner: Gradient | None = None,
        room: int | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._loop, self._clock = loop, clock
        self._learner = learner or Gradient()
        self._room, self._fixed = Room(), room
        self._line: Line[asyncio.Future[Reason]] = Line(LEAST if room is None else room)
        self._began, self._crowded = 0.0, False
        self._timer: asyncio.TimerHandle | None = None
        self._own = self._due = 0.0
        self._rests = Rests(loop)
        self._spared = self._waited = False
        self._hoping = 0
        self._lowest = max(Rank)
        self._done = self._most = 0
        self.priority, self.default = "priority", Rank.PAID
        self.limited = True
        self.limit = self._learner.limit
        self.inside = 0
        self.waiting = 0
        self.least = 0
        self.refusals: dict[tuple[str, ...], int] = {}
        """By class and reason."""
        self.repeated = 0
        """Those among them for the reason `again`."""

    def entered(self, ledger: Ledger) -> bool:
        """Takes a place, if one is free and nobody waits for it. Nearly every request's way in."""
        inside = self.inside
        if inside >= self.limit or self.waiting or self.least:
            return False
        self.inside = inside = inside + 1
        if inside > self._most:  # noqa: PLR1730  a call costs more than all the rest of this
            self._most = inside
        ledger.gate, ledger.entered = self, self._clock()
        return True

    async def wait(self, caller: Caller, ledger: Ledger) -> None:
        """For a place. Raises a `Problem` when there will be none in time."""
        rank = RANKS.get(caller.metadata.get(self.priority, ""), self.default)
        self._lowest = min(self._lowest, rank)
        if rank < self.least:
            raise self._refused(rank, "memory", ledger)
        if not self.limited or (self.inside < self.limit and not self.waiting):
            self.back(ledger)
            return
        self._line.room = self._places()
        turn: asyncio.Future[Reason] = self._loop.create_future()
        out = self._line.put(turn, rank, self._loop.time())
        if out is turn:
            raise self._refused(rank, "full", ledger)
        if out is not None:
            _tell(out, "full")
        self._counted()
        try:
            reason = await turn
        except asyncio.CancelledError:
            self._gone(turn)
            raise
        if reason:
            raise self._refused(rank, reason, ledger)
        ledger.gate, ledger.entered = self, self._clock()

    def back(self, ledger: Ledger) -> None:
        """A place for one that was let in before: it is not asked to wait again, others wait for it."""
        self.inside += 1
        self._most = max(self._most, self.inside)
        ledger.gate, ledger.entered = self, self._clock()

    def leave(self, ledger: Ledger, *, whole: bool = False) -> None:
        """Gives the place back; a second call does nothing. `whole`: all was done, so the time it took says something."""
        if ledger.gate is None:
            return
        ledger.gate = None
        self.inside -= 1
        if whole:
            now = self._clock()
            self._own += now - ledger.entered
            self._done += 1
            if now >= self._due and self._done >= SAMPLES:
                self._learn(now)
        if self.waiting:
            self._admit()

    def serve_only(self, least: int) -> None:
        """From this class on, until it is told otherwise: there is not memory enough for the others."""
        self.least = least
        for turn in self._line.below(least):
            _tell(turn, "memory")
        self._counted()

    def _learn(self, now: float) -> None:
        self._learner.learn(self._own / self._done, self._most, waited=self._waited)
        self._waited = self.waiting > 0
        self.limit = self._learner.limit
        if self._crowded and self.waiting:  # from the window's begin to its end: it was as quick as it can be
            self._room.learn(self._done / (now - self._began))
        self._crowded = self.waiting > 0
        self._own, self._done, self._most = 0.0, 0, self.inside
        self._began, self._due = now, now + WINDOW

    def _admit(self) -> None:
        while self.inside < self.limit and (turn := self._line.take()) is not None:
            if not turn.done():  # else it was cancelled, and will say so
                self.inside += 1
                turn.set_result("")
        self._most = max(self._most, self.inside)
        self._counted()

    def _places(self) -> int:
        """How many may wait."""
        return self._room.at(self._loop.time()) if self._fixed is None else self._fixed

    def _gone(self, turn: "asyncio.Future[Reason]") -> None:
        """A client left while it waited, or when its turn had just come."""
        self._line.leave(turn)
        if turn.done() and not turn.cancelled() and not turn.result():
            self.inside -= 1
            self._admit()
        self._counted()

    def _counted(self) -> None:
        """After the line changed."""
        before, self.waiting = self.waiting, self._line.size
        if (before > 0) != (self.waiting > 0):
            self._room.seen(self._loop.time(), waits=self.waiting > 0)
        if self.waiting:
            self._waited = True
            if self._timer is None:
                self._watch()

    def _watch(self) -> None:
        oldest = self._line.oldest()
        if oldest is not None:
            now = self._loop.time()
            due = max(oldest + PATIENCE, now + OFTEN)
            self._timer = self._loop.call_at(due, self._sweep, due)

    def _sweep(self, due: float) -> None:
        self._timer = None
        now = self._loop.time()
        self._spared = not self._spared and now - due > HELD_UP
        if not self._spared:  # else those at work get to leave first
            for turn in self._line.since(now - PATIENCE):
                _tell(turn, "waited")
        self._counted()

    def _refused(self, rank: Rank, reason: Reason, ledger: Ledger) -> Problem:
        key = rank.word, reason
        self.refusals[key] = self.refusals.get(key, 0) + 1
        later, pause = self._rests.next(REFUSALS * self._room.rate)
        ledger.shed = Shed(pause, partial(self.again, rank, (rank.word, "again")))
        return Problem(Kind.OVERLOADED, _SAID[reason], source="gateway", retry_after=later)

    def again(self, rank: Rank, key: tuple[str, ...], before: int) -> tuple[float, float] | None:
        """One of this class who was refused asks once more, and is refused once more if nothing has changed.

        `before`: so many wait to be looked at and will want the places that there are. Where there are lower classes, they
        may be of those, and are not counted.
        """
        above = rank > self._lowest
        ahead = 0 if above else before
        if rank >= self.least and not (self.limited and self._full(rank, ahead, above=above)):
            if not ahead:
                if not self._hoping:
                    self._loop.call_soon(self._seen)
                self._hoping += 1
            return None
        self.refusals[key] = self.refusals.get(key, 0) + 1
        self.repeated += 1
        return self._rests.next(AGAIN * self._room.rate)

    def _full(self, rank: Rank, ahead: int, *, above: bool) -> bool:
        """Also when those fill it who were let through in this turn of the loop, or before, and have not come here yet. How many
        may wait is as it was when the line last changed, which one that is let through learns anew.
        """
        return self.waiting + self._hoping + ahead >= self._line.room and not (above and self._line.has_below(rank))

    def _seen(self) -> None:
        self._hoping = 0


def _tell(turn: "asyncio.Future[Reason]", reason: Reason) -> None:
    if not turn.done():
        turn.set_result(reason)

"""The health of all upstreams in one worker: what it saw itself, and what all workers know together."""

import time
from collections.abc import Callable, Container, Sequence
from math import inf
from random import random
from typing import final

from msgspec.structs import replace

from lockgate.core.breaker import after, ejected
from lockgate.core.exchange import Upstream
from lockgate.core.health import Outcome
from lockgate.core.outliers import outliers
from lockgate.core.view import FINE, State, View
from lockgate.health.places import Places
from lockgate.health.row import Enlisted, Row, Shown, begun, over, reread
from lockgate.health.shared import Shared
from lockgate.health.silence import Silences

SWEEP = 10.0
"""Seconds between two looks for outliers."""
TOUCH = 0.25
"""Seconds after which the others look at what is left of limits, at most so often."""


@final
class Table:
    """The port `Health`. Rows stay over reloads, so that a new configuration knows what the old one learned."""

    def __init__(
        self,
        shared: Shared | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random,
    ) -> None:
        self._shared = Shared(256) if shared is None else shared
        self._clock, self._chance = clock, chance
        self._places = Places()
        self._rows = self._places.rows
        self._states: list[State] = []
        self._pools: Sequence[Sequence[int]] = ()
        self._seen, self._bound = -1, False
        self._silences = Silences()
        self._suspects: list[int] = []
        """Places of those that are not well, or will be in a while."""
        self._sweep_at = clock() + SWEEP
        self._touch_at = 0.0
        self.ejections: dict[tuple[str, ...], int] = {}
        """By label and reason: those that this worker decided."""

    def enlist(self, wanted: Sequence[Enlisted], pools: Sequence[Sequence[int]] = ()) -> list[int]:
        """The upstreams of a configuration, each with its place, or -1 when there is no room for it; `pools` are models: which of
        them serve each. Those of the configuration before are not shown any more.
        """
        now = self._clock()
        self._use(now)
        for row in self._rows:
            row.listed = False
        places = [self._place(each, now) for each in wanted]
        self._pools = self._silences.pools = [sorted({places[at] for at in pool if places[at] >= 0}) for pool in pools]
        self._bound = any(row.listed and row.hold.bound for row in self._rows)
        self._reread()
        return places

    def _place(self, who: Enlisted, now: float) -> int:
        if at := self._shared.row(who.digest, now):
            place, fresh = self._places.take(who, at, now)
            if fresh:
                self._states[place : place + 1] = [State()]
                self._silences.put(place)
        return place if at else -1

    def room(self, upstream: Upstream) -> bool:
        return upstream.place < 0 or not self._rows[upstream.place].hold.full

    def began(self, upstream: Upstream) -> None:
        if (place := upstream.place) < 0:
            return
        state = self._states[place]
        self._states[place] = replace(state, busy=state.busy + 1, pending=state.pending + 1)
        row = self._rows[place]
        row.hold.began()
        self._silences.began(place, row.who.rules.failures, self._clock)

    def answered(self, upstream: Upstream, ttft_s: float | None = None, headroom: float | None = None) -> None:
        if (place := upstream.place) < 0:
            return
        self._silences.answered(place, ttft_s)
        now = self._clock()
        state = begun(self._states[place], ttft_s, now)
        row = self._rows[place]
        if headroom is not None:
            state = replace(state, headroom=headroom, told=now)
            self._shared.set_headroom(row.at, headroom, now)
            if now >= self._touch_at:
                self._touch_at = now + TOUCH
                self._shared.touch()
        self._states[place] = state
        row.hold.answered()

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None:
        if (place := upstream.place) < 0:
            return
        row, state, now = self._rows[place], self._states[place], self._clock()
        row.hold.ended(answered=answered)
        if not answered and self._silences.ended(place, row.who.rules.failures):
            state = replace(state, silent=False)
        self._states[place] = over(state, outcome, now, state.pending - (not answered))
        kind, total = outcome.kind, outcome.total_s or 0.0
        if kind != "cancelled":
            row.every += 1
            row.good += kind in ("ok", "rate_limited")
            if kind != "ok" or row.breaker.restless:
                self._judge(row, outcome, now)
        if row.trying and now - total >= row.trying:  # what began before is not the one
            row.trying = 0.0
            if kind == "cancelled":  # it learned nothing in that time, and nobody else could: the next may try
                self._shared.give_back(row.at, now + total)
                self._reread()
        if now >= self._sweep_at:
            self._sweep(now)

    def claim(self, upstream: Upstream, now: float) -> bool:
        if (place := upstream.place) < 0:
            return True
        row = self._rows[place]
        taken = self._shared.claim(row.at, now, now + row.who.rules.interval)
        row.trying = now if taken else row.trying
        self._reread()
        return taken

    def patience(self, upstream: Upstream) -> float:
        return inf if upstream.place < 0 else self._silences.patience(upstream.place)

    def let_go(self, upstream: Upstream) -> None:
        if (place := upstream.place) >= 0 and (row := self._rows[place]).trying:
            row.trying = 0.0
            self._shared.give_back(row.at, self._clock())
            self._reread()

    def snapshot(self, now: float) -> View:
        if self._shared.stamp != self._seen:
            self._reread()
        if self._silences.hushed:
            self._listen(now)
        suspects = [*self._suspects, *self._silences.silent] if self._silences.silent else self._suspects
        states = self._states
        full = self._places.full() if self._bound else _NOBODY
        bad = frozenset(at for at in suspects if not states[at].well(now)) if suspects else _NOWHERE
        return View((*states, FINE), bad, full)

    def only_checked(self, places: Container[int]) -> None:
        """Of all others no health check says anything any more."""
        for place, row in enumerate(self._rows):
            if place not in places and self._shared.down(row.at):
                self._shared.set_down(row.at, down=False)

    def checked(self, place: int, *, well: bool) -> None:
        """What a health check found. One that is well again is tried at once."""
        row = self._rows[place]
        news = well == self._shared.down(row.at)
        if news:
            self._shared.set_down(row.at, down=not well)
        if well:
            with self._shared.lock():
                breaker = self._shared.read(row.at)
                if breaker.tripped and breaker.out_until > (now := self._clock()):
                    self._shared.write(row.at, replace(breaker, out_until=now))
        elif news:
            self._count(row, "check")
        self._reread()

    def shown(self) -> list[Shown]:
        """Every upstream of the configuration in force, as it stands."""
        now = self._clock()
        self._use(now)
        self._reread()
        both = zip(self._rows, self._states, strict=True)
        return [Shown(row.who.label, state, now) for row, state in both if row.listed]

    def rows(self) -> list[Row]:
        """Those in force, as all workers know them now."""
        self._reread()
        return [row for row in self._rows if row.listed]

    def _use(self, now: float) -> None:
        """Who is in force, or asked by one that began before, keeps its row."""
        for row, state in zip(self._rows, self._states, strict=True):
            if row.listed or state.busy:
                row.used = now
                self._shared.used(row.at, now)

    def _judge(self, row: Row, outcome: Outcome, now: float) -> None:
        with self._shared.lock():
            before = self._shared.read(row.at)
            breaker = after(before, outcome, row.who.rules, now, self._chance())
            if breaker is not before:
                self._shared.write(row.at, breaker)
        if breaker.ejections and breaker.out_until > max(now, before.out_until):
            self._count(row, "failures")
        if breaker is not before:
            self._reread()

    def _listen(self, now: float) -> None:
        """Who fell silent is left alone for an interval; then one request tries it."""
        for place in self._silences.overdue(now):
            row = self._rows[place]
            self._states[place] = replace(self._states[place], silent=True)
            self._count(row, "silence")
            self._shared.claim(row.at, now, now + row.who.rules.interval)
            self._reread()

    def _sweep(self, now: float) -> None:
        """The outliers of each model leave; everybody's counts begin anew."""
        self._sweep_at = now + SWEEP
        for pool in self._pools:
            seen = {place: (self._rows[place].good, self._rows[place].every) for place in pool}
            out = sum(not self._states[place].well(now) for place in pool)
            for place in outliers(seen, len(pool), out):
                row = self._rows[place]
                with self._shared.lock():
                    self._shared.write(row.at, ejected(self._shared.read(row.at), row.who.rules, now))
                self._count(row, "outlier")
                self._reread()
        for row in self._rows:
            if row.good:
                self._shared.set_good(row.at, now)
            row.good = row.every = 0

    def _count(self, row: Row, reason: str) -> None:
        key = row.who.label, reason
        self.ejections[key] = self.ejections.get(key, 0) + 1

    def _reread(self) -> None:
        self._seen = self._shared.stamp
        now, suspects = self._clock(), []
        for place, row in enumerate(self._rows):
            at, state = row.at, self._states[place]
            breaker = row.breaker = self._shared.read(at)
            claimed, down, left = self._shared.claimed(at), self._shared.down(at), self._shared.headroom(at)
            self._states[place] = reread(state, breaker, claimed_until=claimed, down=down, headroom=left)
            if row.listed and (breaker.tripped or down or breaker.cool_until > now):
                suspects.append(place)
        self._suspects = suspects


_NOBODY: frozenset[str] = frozenset()
_NOWHERE: frozenset[int] = frozenset()

"""A worker's own counting while the store of limits is away: each worker lets through its share, and never more."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from lockgate.core.counter import Counter
from lockgate.core.limit import Claim, Lease, Shape, Verdict
from lockgate.core.store import StoreError

MOST = 100_000
"""Counters that are kept. Beyond that all are forgotten at once: memory is bounded, whoever calls."""


class LocalLimits:
    """Nothing of it is shared, and nothing is kept: budgets must not be counted here."""

    def __init__(self, workers: int, now: Callable[[], int]) -> None:
        """`now` is in microseconds, and never goes back."""
        self._workers, self._now = workers, now
        self._counters: dict[bytes, Counter] = {}

    def reserve(self, claims: Sequence[Claim]) -> Verdict:
        now = self._now()
        mine = tuple(replace(claim, shape=self._share(claim.shape)) for claim in claims)
        if len(self._counters) > MOST:
            self._counters.clear()
        counters = [self._counters.setdefault(claim.counter, Counter(None)) for claim in mine]
        standings = [counter.standing(claim, now) for counter, claim in zip(counters, mine, strict=True)]
        failing = [
            i for i, (claim, it) in enumerate(zip(mine, standings, strict=True)) if claim.amount > max(0, it.free)
        ]
        refused = tuple(i for i in failing if not mine[i].shadow)
        over = tuple(i for i in failing if mine[i].shadow)
        if refused:
            return Verdict(None, tuple(standings), refused, over)
        for counter, claim in zip(counters, mine, strict=True):
            if claim.at_once:
                counter.charge(claim.shape, now, claim.since, claim.amount)
            else:
                counter.held += claim.amount
        after = tuple(counter.standing(claim, now) for counter, claim in zip(counters, mine, strict=True))
        return Verdict(Lease(b"local", 0, mine), after, (), over)

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        """Not here: what has begun goes on without, and is charged when it ends."""
        raise StoreError("the store of limits is away")

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        now = self._now()
        for claim, amount in zip(lease.claims, used, strict=True):
            counter = self._counters.get(claim.counter)
            if counter is not None and not claim.at_once:
                counter.used(claim.shape, now, claim.since)
                counter.held = max(0, counter.held - claim.amount)
                counter.charge(claim.shape, now, claim.since, amount)

    def _share(self, shape: Shape) -> Shape:
        most, burst = max(1, shape.max // self._workers), max(1, shape.burst // self._workers)
        if shape.window != "smooth":
            return replace(shape, max=most)
        return replace(shape, max=max(most, burst + 1), burst=burst)

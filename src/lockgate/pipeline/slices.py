"""Slices of budgets: reserved while the store answers, spent while it does not, given back when it does again.

A slice is a lease like any other, so no budget is ever exceeded, and the slices of a worker that dies are charged whole.
"""

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from lockgate.core.limit import Claim, Lease, LimitStore, Standing, Verdict
from lockgate.core.store import StoreError
from lockgate.pipeline.local_limits import LocalLimits

PART = 100
"""A slice is at most one part of so many of a budget, and what was spent of it here in the last minute."""

SCARCE = 10
"""Where less than one part of so many is free, no slice is held: nobody is refused for the sake of a slice."""

MINUTE = 60.0
MOST = 1000
"""Budgets that slices are held of."""


class Slice:
    """`left` of it may be promised to requests; `running` requests hold some; `spent` is theirs that ended."""

    __slots__ = ("claim", "lease", "left", "running", "spent")

    def __init__(self, lease: Lease) -> None:
        self.lease, self.claim = lease, lease.claims[0]
        self.left, self.spent, self.running = self.claim.amount, 0, 0


class Demand:
    """What requests here asked of a budget lately. Two minutes are kept, this one and the one before."""

    __slots__ = ("before", "claim", "largest", "minute", "now")

    def __init__(self, claim: Claim, minute: int) -> None:
        self.claim, self.minute = claim, minute
        self.largest = self.now = self.before = 0

    def turn(self, minute: int) -> None:
        if minute != self.minute:
            self.before = self.now if minute == self.minute + 1 else 0
            self.now, self.minute = 0, minute

    def add(self, claim: Claim, used: int) -> None:
        self.claim, self.largest, self.now = claim, max(self.largest, claim.amount), self.now + used

    @property
    def wanted(self) -> int:
        """0 when it would not do for a single request."""
        amount = min(self.claim.shape.max // PART, max(self.now, self.before))
        return amount if amount >= self.largest else 0


class Slices:
    """Of one worker. A keeper of leases, for requests that came while the store was away."""

    def __init__(self, local: LocalLimits, now: Callable[[], float]) -> None:
        """`local` counts what is no budget meanwhile. `now` is in seconds, and never goes back."""
        self._local, self._now = local, now
        self._demands: dict[bytes, Demand] = {}
        self._slices: dict[bytes, Slice] = {}
        self._retired: list[Slice] = []
        self._granted: dict[bytes, tuple[list[Slice | None], Lease | None]] = {}
        self._given = 0

    def note(self, claim: Claim, used: int) -> None:
        """A request that ended was charged so much of a budget."""
        minute = int(self._now() // MINUTE)
        demand = self._demands.get(claim.counter)
        if demand is None:
            if len(self._demands) >= MOST:
                return
            demand = self._demands[claim.counter] = Demand(claim, minute)
        demand.turn(minute)
        demand.add(claim, used)

    async def renew(self, store: LimitStore) -> None:
        """Called now and then while the store answers. Raises `StoreError`."""
        minute = int(self._now() // MINUTE)
        for counter, demand in tuple(self._demands.items()):
            demand.turn(minute)
            if not demand.now and not demand.before:
                del self._demands[counter]
        demands = list(self._demands.values())
        standings = await store.read([_asked(demand.claim, 0) for demand in demands]) if demands else ()
        for counter in self._slices.keys() - self._demands.keys():
            self._retire(counter)
        for demand, standing in zip(demands, standings, strict=True):
            await self._renewed(store, demand, standing)
        self._give_back(store)

    def release(self, store: LimitStore, claims: Sequence[Claim]) -> bool:
        """A budget refused: what is held of it here is given back. Says whether anything was."""
        held = [claim.counter for claim in claims if claim.counter in self._slices]
        for counter in held:
            self._retire(counter)
        self._give_back(store)
        return bool(held)

    def reserve(self, claims: Sequence[Claim], money: Collection[int]) -> Verdict | None:
        """The claims numbered in `money` from slices, the others from this worker's share. None: no slice is large enough."""
        slices = [self._fitting(claim) if i in money else None for i, claim in enumerate(claims)]
        if any(slices[i] is None for i in money):
            return None
        others = [i for i in range(len(claims)) if i not in money]
        counted = self._local.reserve([claims[i] for i in others]) if others else Verdict(None, ())
        standings = [_standing(each) if each else Standing(0, 0, 0) for each in slices]
        for i, standing in zip(others, counted.standings, strict=True):
            standings[i] = standing
        over = tuple(others[i] for i in counted.over)
        if counted.refused:
            return Verdict(None, tuple(standings), tuple(others[i] for i in counted.refused), over)
        for each, claim in zip(slices, claims, strict=True):
            if each is not None:
                each.left -= claim.amount
                each.running += 1
        self._given += 1
        lease = Lease(b"slice-%d" % self._given, 0, tuple(claims))
        self._granted[lease.id] = (slices, counted.lease)
        return Verdict(lease, tuple(standings), (), over)

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        """Not from slices: there is no other attempt then."""
        raise StoreError("the store of limits is away")

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        slices, local = self._granted.pop(lease.id, ([], None))
        for each, claim, amount in zip(slices, lease.claims, used, strict=False):
            if each is not None:
                each.left += claim.amount - amount
                each.spent += amount
                each.running -= 1
        if local is not None:
            self._local.settle(local, [amount for each, amount in zip(slices, used, strict=True) if each is None])

    def _fitting(self, claim: Claim) -> Slice | None:
        found = self._slices.get(claim.counter)
        fits = found is not None and found.claim.since == claim.since and claim.amount <= found.left
        return found if fits else None

    async def _renewed(self, store: LimitStore, demand: Demand, standing: Standing) -> None:
        counter, wanted = demand.claim.counter, demand.wanted
        scarce = standing.free * SCARCE < demand.claim.shape.max
        held = self._slices.get(counter)
        if held is not None:
            fresh = not held.spent and not held.running and held.claim.since == demand.claim.since
            if fresh and not scarce and 0 < wanted <= held.claim.amount:
                return
            self._retire(counter)
        if wanted and not scarce:
            lease = (await store.reserve([_asked(demand.claim, wanted)])).lease
            if lease is not None:
                self._slices[counter] = Slice(lease)

    def _retire(self, counter: bytes) -> None:
        self._retired.append(self._slices.pop(counter))

    def _give_back(self, store: LimitStore) -> None:
        """Those that no request holds any more."""
        for each in self._retired:
            if not each.running:
                store.settle(each.lease, [each.spent])
        self._retired = [each for each in self._retired if each.running]


def _asked(claim: Claim, amount: int) -> Claim:
    return replace(claim, amount=amount, at_once=False, shadow=False)


def _standing(held: Slice) -> Standing:
    return Standing(held.spent, held.claim.amount - held.left - held.spent, held.left)

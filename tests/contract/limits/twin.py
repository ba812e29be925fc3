"""The meaning of a store of limits, said as plainly as it can be: lists of what happened, added up anew at every question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from lockgate.core.limit import (
    FURTHEST,
    LEASE_SECONDS,
    Charge,
    Claim,
    Lease,
    Shape,
    Standing,
    StoreEmptyError,
    Verdict,
)
from lockgate.core.store import StoreError

LEASE = int(LEASE_SECONDS * 1e6)


@dataclass
class Time:
    """Microseconds since 1970, which only the test moves."""

    now: int = 1_767_225_600_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Held:
    owner: str
    claims: tuple[Claim, ...]


@dataclass
class Memory:
    """What all owners share. `charged`: to which counter, when, how much, since when."""

    time: Time
    epoch: int = 0
    charged: dict[bytes, list[tuple[int, int, int]]] = field(default_factory=dict)
    leases: dict[bytes, Held] = field(default_factory=dict)
    beats: dict[str, int] = field(default_factory=dict)
    given: int = 0

    def empty(self) -> None:
        self.epoch, self.charged, self.leases, self.beats = 0, {}, {}, {}

    def charge(self, claim: Claim, amount: int) -> None:
        self.charged.setdefault(claim.counter, []).append((self.time.now, amount, claim.since))

    def held(self, counter: bytes) -> int:
        every = (claim for lease in self.leases.values() for claim in lease.claims)
        return sum(claim.amount for claim in every if claim.counter == counter and not claim.at_once)


def used(charged: Sequence[tuple[int, int, int]], shape: Shape, now: int, since: int) -> int:
    if shape.window == "sliding":
        oldest = (now - shape.per + 1) // shape.width
        return sum(amount for at, amount, _ in charged if at // shape.width >= oldest)
    if shape.window == "smooth":
        return max(0, -(-(empty_at(charged, shape) - now) // shape.interval))
    if shape.window == "period":
        period, total = 0, 0
        for _, amount, began in charged:
            period, total = (began, amount) if began > period else (period, total + amount)
        return total if since <= period else 0
    return 0


def empty_at(charged: Sequence[tuple[int, int, int]], shape: Shape) -> int:
    empty = 0
    for at, amount, _ in charged:
        empty = min(max(empty, at) + amount * shape.interval, at + FURTHEST) if amount else empty
    return empty


class Twin:
    """One owner of a memory."""

    crowded = False

    def __init__(self, memory: Memory, owner: str) -> None:
        self.memory, self.owner = memory, owner

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        self._awake()
        weighed = self._weighed(claims)
        if weighed.refused:
            return weighed
        for claim in claims:
            if claim.at_once:
                self.memory.charge(claim, claim.amount)
        lease = Lease(b"", self.memory.epoch, tuple(claims))
        if not all(claim.at_once for claim in claims):
            self.memory.given += 1
            lease = Lease(b"%d" % self.memory.given, self.memory.epoch, tuple(claims))
            self.memory.leases[lease.id] = Held(self.owner, tuple(claims))
        return Verdict(lease, tuple(replace(self._standing(claim), wait=0) for claim in claims), (), weighed.over)

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        self._awake()
        held = self.memory.leases.get(lease.id)
        if held is None:
            raise StoreError("it is not held any more")
        wanted = [
            replace(claim, amount=0 if claim.at_once else extra) for claim, extra in zip(held.claims, more, strict=True)
        ]
        weighed = self._weighed(wanted)
        if weighed.refused:
            return weighed
        held.claims = tuple(
            replace(claim, amount=claim.amount + extra.amount) for claim, extra in zip(held.claims, wanted, strict=True)
        )
        lease = Lease(lease.id, lease.epoch, held.claims)
        return Verdict(lease, tuple(replace(self._standing(claim), wait=0) for claim in wanted), (), weighed.over)

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        if self.memory.leases.pop(lease.id, None) or (lease.id and 0 != self.memory.epoch != lease.epoch):
            for claim, amount in zip(lease.claims, used, strict=True):
                if not claim.at_once:
                    self.memory.charge(claim, amount)

    async def beat(self) -> None:
        self._awake()
        self.memory.beats[self.owner] = self.memory.time.now

    async def recover(self) -> int:
        late = self.memory.time.now - LEASE
        return self._take([owner for owner, at in self.memory.beats.items() if at <= late])

    async def read(self, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        self._awake()
        return tuple(self._standing(claim) for claim in claims)

    async def restore(self, charges: Iterable[Charge]) -> bool:
        if self.memory.epoch:
            return False
        self.memory.given += 1
        self.memory.epoch = self.memory.given
        for charge in charges:
            row = (charge.at, charge.amount, charge.since)
            self.memory.charged.setdefault(charge.counter, []).append(row)
        return True

    async def aclose(self) -> None:
        self._take([self.owner])

    def _take(self, owners: Sequence[str]) -> int:
        memory = self.memory
        gone = [id_ for id_, lease in memory.leases.items() if lease.owner in owners]
        for id_ in gone:
            for claim in memory.leases.pop(id_).claims:
                if not claim.at_once:
                    memory.charge(claim, claim.amount)
        for owner in owners:
            memory.beats.pop(owner, None)
        return len(gone)

    def _awake(self) -> None:
        if not self.memory.epoch:
            raise StoreEmptyError("nothing is remembered")

    def _weighed(self, claims: Sequence[Claim]) -> Verdict:
        """How they stand, and which of them fail. Nothing is held yet."""
        before = tuple(self._standing(claim) for claim in claims)
        failing = [
            i for i, (claim, it) in enumerate(zip(claims, before, strict=True)) if claim.amount > max(0, it.free)
        ]
        refused = tuple(i for i in failing if not claims[i].shadow)
        return Verdict(None, before, refused, tuple(i for i in failing if claims[i].shadow))

    def _standing(self, claim: Claim) -> Standing:
        memory, shape, now = self.memory, claim.shape, self.memory.time.now
        charged = memory.charged.get(claim.counter, [])
        held = memory.held(claim.counter)
        spent = used(charged, shape, now, claim.since)
        free = shape.capacity - spent - held
        wait = 0 if claim.amount <= max(0, free) else self._wait(claim, charged, held)
        return Standing(spent, held, free, wait, self._reset(charged, shape))

    def _wait(self, claim: Claim, charged: Sequence[tuple[int, int, int]], held: int) -> int:
        """Tried: every moment at which something goes."""
        shape, now = claim.shape, self.memory.time.now
        room = shape.capacity - held - claim.amount
        if room < 0 or shape.window in ("period", "open"):
            return -1
        if shape.window == "smooth":
            return empty_at(charged, shape) - now - room * shape.interval
        goes = sorted({(at // shape.width + 1) * shape.width + shape.per - 1 for at, _, _ in charged})
        return next(then - now for then in goes if then > now and used(charged, shape, then, 0) <= room)

    def _reset(self, charged: Sequence[tuple[int, int, int]], shape: Shape) -> int:
        now = self.memory.time.now
        if shape.window == "smooth":
            return max(0, empty_at(charged, shape) - now)
        if shape.window != "sliding":
            return 0
        goes = [(at // shape.width + 1) * shape.width + shape.per - 1 for at, amount, _ in charged if amount]
        return max(0, max(goes, default=now) - now)

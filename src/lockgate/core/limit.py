"""What a store of limits has to do: hold amounts, all or none, and charge what was used. Nothing here knows what is counted.

A counter is a number of uses with a shape: how much in which window. A claim asks one counter for an amount; a request
claims from all that apply to it, in one step that no other process sees half of. What is claimed is held until the
request ends; then what was truly used is charged, and the rest is free again.

    free = max - used(window, now) - held          a claim passes when amount <= free

So neither the used nor the used and held together ever go beyond `max`, whatever the number of processes.

Every amount and every time is a whole number below 2**53, so that a store whose numbers are doubles is exact, too.
Times are microseconds since 1970 of the store's own clock: no caller says what time it is.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from lockgate.core.store import StoreError

SLOTS = 60
"""A sliding window is counted in so many slots."""

LEASE_SECONDS = 30.0
"""An owner that was not heard of for so long is gone, and what it held is charged."""

BEAT_SECONDS = 5.0

MOST = 1 << 53
"""A sum that becomes larger stays at that, whatever an upstream makes up: see below."""
FURTHEST = 1 << 50
"""Microseconds, 35 years: no bucket is empty later than so long after it was charged."""

Window = Literal["sliding", "smooth", "period", "open"]


class Shape(Struct, frozen=True, array_like=True, gc=False):
    """How a counter counts. `per` is the window's length in microseconds.

    sliding  `used` is what was charged in the last `per`. Time is cut into slots of `width` microseconds, numbered
             `time // width`; a slot counts as long as any instant of it is in the window `now - per < t <= now`: the
             oldest that counts is number `(now - per + 1) // width`. So never more than `max` is charged in any window.
    smooth   A bucket that takes `burst` at once and leaks one every `interval` microseconds (GCRA). It keeps the time
             `empty_at`; to charge: `empty_at = max(empty_at, now) + amount * interval`, but no later than
             `now + FURTHEST`. In place of `max` stands `burst`, and `used` is `ceil((empty_at - now) / interval)`, at least 0. `interval` is such that in no window
             of length `per` more than `max` is charged.
    period   `used` is what was charged since the moment `since` of the claim: the start of a calendar period, say. A
             claim with a later `since` than the counter's begins anew at 0; one with an earlier `since` counts in the
             counter's period.
    open     Only what is held counts: requests at the same time. Charging does nothing.
    """

    window: Window
    max: int
    per: int = 0
    burst: int = 0

    @property
    def width(self) -> int:
        """Of a slot: `per / SLOTS`, rounded up."""
        return -(-self.per // SLOTS)

    @property
    def interval(self) -> int:
        """Between two leaks: `per / (max - burst)`, rounded up."""
        return -(-self.per // (self.max - self.burst))

    @property
    def capacity(self) -> int:
        """What stands on the right side of the comparison."""
        return self.burst if self.window == "smooth" else self.max


class Claim(Struct, frozen=True, array_like=True, gc=False):
    """An amount asked of one counter.

    `counter` is 16 bytes that name the counter for good; two shapes that differ in window or `per` never share one.
    `at_once`: charged when it passes, and not held. `shadow`: held and charged like the others, but never refused.
    `since` is the start of the period, for that window.
    """

    counter: bytes
    shape: Shape
    amount: int
    at_once: bool = False
    shadow: bool = False
    since: int = 0


class Standing(Struct, frozen=True, gc=False):
    """How a counter stands. `free` may be below 0: in a shadow, or when more was used than was held.

    `wait` is how many microseconds until the claim's amount fits if nothing else happens: 0 when it does now, -1 when
    it never will (the amount is more than the capacity, or only held amounts are in the way). With a lease it is 0: the
    question is answered. `reset` is how many until nothing is used any more.

    sliding  the amount fits when so many of the oldest slots have gone that what is left of `used` allows it. Slot n
             goes at `(n + 1) * width + per - 1`: from then on `(now - per + 1) // width` is n + 1.
    smooth   `wait = (used - (burst - held - amount)) * interval`, less what of the current interval is over:
             `empty_at - now - (burst - held - amount) * interval`.
    period   the store does not know where the period ends: `wait` is -1 and `reset` 0, and the caller knows better.
    """

    used: int
    held: int
    free: int
    wait: int = 0
    reset: int = 0


class Lease(Struct, frozen=True, gc=False):
    """What a request holds. `epoch` is the memory of the store that it is written in: see `restore`.

    `id` is empty when nothing is held, because every claim was charged at once: there is nothing to settle.
    """

    id: bytes
    epoch: int
    claims: tuple[Claim, ...]


class Verdict(Struct, frozen=True, gc=False):
    """`standings` has one for each claim: after it was held or charged when there is a lease, otherwise as it is.

    `refused` are the places of the claims that did not pass; `over` those of shadows that would not have passed.
    """

    lease: Lease | None
    standings: tuple[Standing, ...]
    refused: tuple[int, ...] = ()
    over: tuple[int, ...] = ()


class Charge(Struct, frozen=True, array_like=True, gc=False):
    """What was charged to a counter, when: as the audit log keeps it, so that a store can be made anew from it."""

    counter: bytes
    shape: Shape
    amount: int
    at: int = 0
    since: int = 0


class StoreEmptyError(StoreError):
    """The store has no memory: it is new, or was emptied. That is not the same as nothing spent: it must be restored."""


class LimitStore(Protocol):
    """Counters that all processes share. One object for each process: an owner, under a name that no other has.

    Every method but `settle` raises `StoreError`; `reserve`, `beat` and `read` raise `StoreEmptyError` until `restore`
    was called once in the store's life. A store that is away must say so within 50 ms.

    `crowded`: there are so many counters that no client may go on making up more of them.
    """

    crowded: bool

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        """In one step: if every claim that is no shadow passes, all are held (or charged, `at_once`) under a new lease.

        If one does not, nothing changes, shadows included. Claims of the same request name different counters. An amount
        of 0 passes even where nothing is free, and is held like another. A lease that holds something lasts as long as
        its owner beats.
        """
        ...

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        """In one step: a lease that holds something holds `more` besides, one amount for each claim, or nothing changes.

        Passes as in `reserve`: a shadow always, others when there is room. For a claim that was charged `at_once` the number
        is not looked at. The verdict's lease stands in the place of the one given. Raises `StoreError` when it is not held any
        more; when there is no answer, the lease may have become larger, and the one given still settles all of it.
        """
        ...

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        """The request ended: what its lease held is free, and `used`, one for each claim, is charged now.

        Charged in full, even beyond what was held. For a claim that was charged `at_once` the number is not looked at.
        A second call for the same lease does nothing; neither does one for a lease that `recover` has charged, but one
        from an earlier epoch is charged: its memory is lost. Never blocks and never fails: what cannot be done now is
        done later, and if the owner dies before, `recover` does it.
        """
        ...

    async def beat(self) -> None:
        """The owner lives. Called every `BEAT_SECONDS`, and once before the first `reserve`."""
        ...

    async def recover(self) -> int:
        """Leases of owners that did not beat for `LEASE_SECONDS` are charged with all they held. Says how many.

        Any process may call it at any time, and each lease is charged once.
        """
        ...

    async def read(self, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        """How the counters stand for these claims. Changes nothing."""
        ...

    async def restore(self, charges: Iterable[Charge]) -> bool:
        """The memory begins: a new epoch with these charges and nothing else, in one step.

        False, and nothing changed, when there is a memory already: another process was first. A sliding charge goes into
        the slot of its time `at`, and those that no window would count are left out; a smooth one charges the bucket
        as it would have then, so charges come in the order of their times; of periods the latest `since` counts.
        """
        ...

    async def aclose(self) -> None:
        """The owner ends in order. Leases that it still holds are charged, like those of one that died."""
        ...

"""What a request holds of its limits, and how it is given back: once, where the request is settled."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.allowance import Tally
from lockgate.core.limit import Charge, Claim, Lease, Verdict
from lockgate.core.money import nano
from lockgate.core.store import StoreError
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.charge import charge, usage_of
from lockgate.pipeline.chosen import Applied, Chosen
from lockgate.pipeline.heedless import noticed
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.slices import Slices
from lockgate.pipeline.spent import costly

MOST_CHARGED = 1 << 48
"""At once, to a limit that is smaller: a quarter of a million dollars in nanodollars."""


class Keeper(Protocol):
    """Who granted a lease, and takes it back: a store, or the worker itself."""

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict: ...
    def settle(self, lease: Lease, used: Sequence[int]) -> None: ...


class Held(Struct, frozen=True, gc=False):
    """A lease, the limits that its claims are of, and the tokens of an answer and of a question that it was granted for, where
    tokens matter.

    Where the lease has become larger, `one` is what one attempt can use of each, and `written` what the audit log knows of.
    """

    keeper: Keeper
    lease: Lease
    chosen: Chosen
    tally: Tally
    most: int | None = None
    most_asked: int | None = None
    watch: BudgetWatch | None = None
    slices: Slices | None = None
    one: tuple[int, ...] = ()
    written: tuple[int, ...] = ()

    def holds(self) -> tuple[Charge, ...]:
        """For the intent: what is charged if nothing more is ever heard of the request."""
        charges: tuple[Charge, ...] = ()
        claims = self.lease.claims
        for at in self.chosen.remembered:
            claim = claims[at]
            if claim.amount:
                charges += (Charge(claim.counter, claim.shape, claim.amount, 0, claim.since),)
        return charges

    async def cover(self, ledger: Ledger, upstream: str, beside: Sequence[str]) -> tuple[Charge, ...] | None:
        """As much is held as all attempts may cost that were made, are at work, and the next one. What has to be written down
        of that; None when there is no room.

        While the store is away, budgets have none; other limits do not stop what has begun.
        """
        held = self if self.one else replace(self, one=_amounts(self.lease), written=_amounts(self.lease))
        lacking = _Lacking(ledger, upstream, beside)
        more = [lacking.of(*each) for each in zip(self.chosen.all, self.lease.claims, held.one, strict=True)]
        if any(more):
            try:
                verdict = await self.keeper.extend(self.lease, more)
            except StoreError:
                both = zip(self.chosen.all, more, strict=True)
                return None if any(amount and each.limit.kind == "cost" for each, amount in both) else ()
            if verdict.lease is None:
                ledger.limited.extend((self.chosen.all[i].limit.label, "not_again") for i in verdict.refused)
                return None
            ledger.held = held = replace(held, lease=verdict.lease)
        besides = [now - known for now, known in zip(_amounts(held.lease), held.written, strict=True)]
        return _charges(self.lease.claims, besides, self.chosen.remembered)

    def noted(self) -> "Held":
        """What was to be written down is durable."""
        return replace(self, written=_amounts(self.lease))

    def settle(self, ledger: Ledger) -> tuple[Charge, ...]:
        """Gives back what was not used; says what was."""
        claims, chosen = self.lease.claims, self.chosen
        used = _plainly_used(chosen, ledger) if chosen.plain else None
        if used is None:
            both = zip(chosen.all, claims, strict=True)
            used = [_bounded(_used(each, claim, ledger), claim) for each, claim in both]
        self.keeper.settle(self.lease, used)
        if self.most is not None and ledger.usage is not None and ledger.usage.output > self.most:
            noticed(self.tally, ledger, self.most)
        watch, slices = self.watch, self.slices
        if watch is not None:
            for at in chosen.money:
                watch.note(chosen.all[at], claims[at], ledger)
        if slices is not None:
            for at in chosen.money:
                slices.note(claims[at], used[at])
        self.tally.open -= 1
        return _charges(claims, used, chosen.remembered) if chosen.remembered else ()


def _charges(claims: Sequence[Claim], amounts: Sequence[int], remembered: Sequence[int]) -> tuple[Charge, ...]:
    charges: tuple[Charge, ...] = ()
    for at in remembered:
        if amount := amounts[at]:
            claim = claims[at]
            charges += (Charge(claim.counter, claim.shape, amount, 0, claim.since),)
    return charges


class _Lacking:
    """What is not held yet for an attempt."""

    def __init__(self, ledger: Ledger, upstream: str, beside: Sequence[str]) -> None:
        now = [*beside, upstream]
        self._made = [attempt.upstream for attempt in ledger.attempts] + now
        self._cost = [attempt.upstream for attempt in costly(ledger)] + now

    def of(self, applied: Applied, claim: Claim, one: int) -> int:
        limit, provider = applied.limit, applied.provider
        if claim.at_once or limit.kind == "concurrency":
            return 0
        names = self._made if limit.kind == "requests" else self._cost
        needed = one * (names.count(provider) if provider else len(names))
        if limit.shadow:
            needed = min(needed, claim.shape.capacity + 1)
        return max(0, needed - claim.amount)


def _amounts(lease: Lease) -> tuple[int, ...]:
    return tuple([claim.amount for claim in lease.claims])


def _bounded(used: int, claim: Claim) -> int:
    """What an upstream makes up uses up the limit, and no more: stores count in 64 bits."""
    return min(used, max(MOST_CHARGED, claim.shape.capacity + 1))


def _plainly_used(chosen: Chosen, ledger: Ledger) -> Sequence[int] | None:
    """The same as `_used` for each of them, in a third of the time. None where an amount may have to be bounded."""
    usage = usage_of(ledger) if ledger.unheard else ledger.usage
    if usage is None:
        return chosen.used((1, 0, 0, 0, 0, 0))
    given, taken = usage.input, usage.output
    spent = nano(ledger.cost) if ledger.cost and chosen.money else 0
    if given + taken > MOST_CHARGED or spent > MOST_CHARGED:
        return None
    return chosen.used((1, 0, given + taken, given, taken, spent))


def _used(applied: Applied, claim: Claim, ledger: Ledger) -> int:
    if claim.at_once:
        return claim.amount
    kind, provider = applied.limit.kind, applied.provider
    if kind == "concurrency":
        return 0
    attempts = ledger.attempts
    if kind == "requests":
        return sum(attempt.upstream == provider for attempt in attempts)
    usage = usage_of(ledger, provider)
    if usage is None:
        return 0
    if kind == "cost":
        return nano((charge(ledger, provider) if provider else ledger.cost) or 0)
    if kind == "tokens":
        return usage.input + usage.output
    return usage.input if kind == "input_tokens" else usage.output

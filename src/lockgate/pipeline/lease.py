"""What a request holds of its limits, and how it is given back: once, where the request is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lockgate.core.allowance import Tally
from lockgate.core.limit import Charge, Claim, Lease
from lockgate.core.money import nano
from lockgate.pipeline.applies import Applied
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.charge import charge, usage_of
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.slices import Slices
from lockgate.pipeline.worst import Worst

MOST_CHARGED = 1 << 48
"""At once, to a limit that is smaller: a quarter of a million dollars in nanodollars."""


class Keeper(Protocol):
    """Who granted a lease, and takes it back: a store, or the worker itself."""

    def settle(self, lease: Lease, used: Sequence[int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A lease, the limits that its claims are of, and the tokens that it was granted for, when tokens matter."""

    keeper: Keeper
    lease: Lease
    applied: tuple[Applied, ...]
    tally: Tally
    worst: Worst | None = None
    watch: BudgetWatch | None = None
    slices: Slices | None = None

    @property
    def most(self) -> int | None:
        return None if self.worst is None else self.worst.output

    def holds(self) -> tuple[Charge, ...]:
        """For the intent: what is charged if nothing more is ever heard of the request."""
        return self._charges([claim.amount for claim in self.lease.claims])

    def settle(self, ledger: Ledger) -> tuple[Charge, ...]:
        """Gives back what was not used; says what was."""
        claims = self.lease.claims
        used = [_bounded(_used(each, claim, ledger), claim) for each, claim in zip(self.applied, claims, strict=True)]
        self.keeper.settle(self.lease, used)
        if self.watch is not None:
            self.watch.note(self.applied, claims, ledger)
        if self.slices is not None:
            for each, claim, amount in zip(self.applied, claims, used, strict=True):
                if each.limit.kind == "cost":
                    self.slices.note(claim, amount)
        self.tally.open -= 1
        return self._charges(used)

    def _charges(self, used: Sequence[int]) -> tuple[Charge, ...]:
        charges = []
        for each, claim, amount in zip(self.applied, self.lease.claims, used, strict=True):
            if amount and each.remembered:
                charges.append(Charge(claim.counter, claim.shape, amount, 0, claim.since))
        return tuple(charges)


def _bounded(used: int, claim: Claim) -> int:
    """What an upstream makes up uses up the limit, and no more: stores count in 64 bits."""
    return min(used, max(MOST_CHARGED, claim.shape.capacity + 1))


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

"""All of them by name, and the question whether they hold."""

from collections.abc import Callable, Iterator

from tests.checker import answers, books, rest
from tests.checker.histories import Histories

INVARIANTS: dict[str, Callable[[Histories], Iterator[str]]] = {
    "I1": answers.isolation,
    "I2": books.intents,
    "outcomes": books.outcomes,
    "I3": books.ledger,
    "I4": books.budgets,
    "I5": books.rates,
    "I6": books.chain,
    "I7": answers.secrecy,
    "I8": answers.ends,
    "I10": rest.rest,
    "I11": rest.attempts,
    "I12": books.refusals,
}
MOST = 5
"""Of each are told: the first few say enough."""


def broken(run: Histories) -> dict[str, list[str]]:
    """What does not hold, by the name of the invariant; empty when all do."""
    found = {name: list(check(run)) for name, check in INVARIANTS.items()}
    return {name: [*told[:MOST], f"{len(told)} in all"] for name, told in found.items() if told}

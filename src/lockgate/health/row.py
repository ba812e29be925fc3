"""What one worker remembers of one upstream, and what it shows of it."""

from dataclasses import dataclass, field
from math import exp

from msgspec import Struct

from lockgate.core.breaker import Breaker, Rules
from lockgate.core.view import STATES, State
from lockgate.health.hold import Hold


class Enlisted(Struct, frozen=True):
    """An upstream as the table has to know it. `label` is for people, `digest` is the same in all processes.

    `requests` and `pending` are the bounds of its provider in this worker, 0 for none.
    """

    label: str
    digest: int
    provider: str = ""
    rules: Rules = Rules()
    requests: int = 0
    pending: int = 0


TAU = 10.0
"""Seconds after which a mean has forgotten two thirds of what it was."""


@dataclass(slots=True)
class Row:
    """`at` is its row of the shared memory; `good` and `every` count answers since the last look for outliers.
    `trying`: since when a request of this worker is the one that tries it; 0: none is.
    """

    who: Enlisted
    at: int
    hold: Hold
    breaker: Breaker = field(default_factory=Breaker)
    listed: bool = True
    good: int = 0
    every: int = 0
    trying: float = 0.0


class Shown(Struct, frozen=True):
    """An upstream's label and state, at a time."""

    label: str
    state: State
    now: float

    @property
    def grade(self) -> int:
        """The place of its word in `STATES`."""
        return STATES.index(self.word)

    @property
    def word(self) -> str:
        """What it is, in a word."""
        state = self.state
        if state.down:
            return "down"
        if state.tripped:
            return "out" if self.now < state.out_until else "on_trial"
        return "cooling" if self.now < state.cool_until else "well"


def peak(mean: float, seen: float, since: float) -> float:
    """A mean that jumps up and comes down slowly."""
    if seen >= mean:
        return seen
    kept = exp(-max(0.0, since) / TAU)
    return mean * kept + seen * (1 - kept)

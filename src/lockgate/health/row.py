"""What one worker remembers of one upstream, and what it shows of it."""

from dataclasses import dataclass, field
from math import exp

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.breaker import Breaker, Rules
from lockgate.core.health import Outcome
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


def reread(state: State, breaker: Breaker, *, claimed_until: float, down: bool, headroom: tuple[float, float]) -> State:
    """The state with what all workers know. `headroom` is how much is left, and when that was told."""
    left, told = headroom
    return replace(
        state,
        headroom=left if told > state.told else state.headroom,
        told=max(told, state.told),
        tripped=breaker.tripped,
        out_until=breaker.out_until,
        claimed_until=claimed_until,
        cool_until=breaker.cool_until,
        down=down,
    )


TAU = 10.0
"""Seconds after which a mean has forgotten two thirds of what it was."""


@dataclass(slots=True)
class Row:
    """`at` is its row of the shared memory; `good` and `every` count answers since the last look for outliers.
    `trying`: since when a request of this worker is the one that tries it; 0: none is. `used`: when it was last in force, or asked.
    """

    who: Enlisted
    at: int
    hold: Hold
    breaker: Breaker = field(default_factory=Breaker)
    listed: bool = True
    good: int = 0
    every: int = 0
    trying: float = 0.0
    used: float = 0.0


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
        if self.now < state.cool_until:
            return "cooling"
        return "silent" if state.silent else "well"


def peak(mean: float, seen: float, since: float) -> float:
    """A mean that jumps up and comes down slowly."""
    if seen >= mean:
        return seen
    kept = exp(-max(0.0, since) / TAU)
    return mean * kept + seen * (1 - kept)


def begun(state: State, ttft_s: float | None, now: float) -> State:
    """The first of an answer came; `ttft_s` is None where that was no good one."""
    if state.silent:
        state = replace(state, silent=False)
    if ttft_s is None:
        return replace(state, pending=state.pending - 1)
    return replace(state, pending=state.pending - 1, ttft_s=peak(state.ttft_s, ttft_s, now - state.heard), heard=now)


def over(state: State, outcome: Outcome, now: float, pending: int) -> State:
    """An attempt ended, and so many have no answer yet."""
    kind, total = outcome.kind, outcome.total_s or 0.0
    busy = state.busy - 1
    if kind == "ok":
        mean = peak(state.total_s, total, now - state.heard)
        return replace(state, busy=busy, pending=pending, total_s=mean, heard=now)
    if kind in ("cancelled", "rate_limited"):
        return replace(state, busy=busy, pending=pending)
    worse = max(total, 2 * state.ttft_s), max(total, 2 * state.total_s)  # a failure is no quick answer
    return replace(state, busy=busy, pending=pending, ttft_s=worse[0], total_s=worse[1], heard=now)

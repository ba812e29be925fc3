"""How long and how often is measured: in full, or for a quick look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """How long and how often."""

    rounds: int
    seconds: float
    starts: int
    phase_seconds: float


FULL = Extent(rounds=3, seconds=5, starts=5, phase_seconds=0.5)
QUICK = Extent(rounds=1, seconds=1, starts=1, phase_seconds=0.1)

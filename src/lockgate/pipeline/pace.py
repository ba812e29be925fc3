"""How long targets take to begin an answer: the last times of each, and how long is late for it."""

from collections import deque
from dataclasses import dataclass, field
from typing import final

from lockgate.pipeline.retry_budget import Target

KEPT = 128
LEAST = 20
"""Times of a target before anything is late for it."""
FRESH = 8
"""Times that come before what is late is worked out anew."""


@dataclass(slots=True)
class _Times:
    last: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    sorted: tuple[float, ...] = ()
    fresh: int = 0


@final
class Paces:
    """Of one worker."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: dict[Target, _Times] = {}

    def note(self, target: Target, seconds: float) -> None:
        """What an attempt took until it began to answer, or until nobody waited for it any more."""
        times = self._times.get(target)
        if times is None:
            times = self._times[target] = _Times()
        times.last.append(seconds)
        times.fresh += 1

    def late(self, target: Target, percentile: int) -> float | None:
        """Seconds that so many of a hundred answers do not take; None while too few are known."""
        times = self._times.get(target)
        if times is None or len(times.last) < LEAST:
            return None
        if times.fresh >= FRESH or not times.sorted:
            times.sorted, times.fresh = tuple(sorted(times.last)), 0
        return times.sorted[min(len(times.sorted) - 1, len(times.sorted) * percentile // 100)]

"""How many more attempts may there be? A fifth of the requests and a few to begin with, so that an outage is not made worse.

Kept by a worker, for each model by itself; the first few are for all of them together. An attempt at another upstream that
succeeds is no repetition, and costs nothing; it may be made on credit as long as that upstream did not fail TRUSTED times on
end for that model, and then once in FORGIVEN seconds. So while one of them works its answers are had, and when none does, attempts stay below 1.2 times the requests, but for
those few of each upstream that taught us so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import final

from lockgate.core.exchange import Upstream

SHARE = 0.2
FLOOR = 3
MOST = 100.0
"""Saved up for a model, so that an outage after a long calm does not begin with a storm; and owed, so that it ends."""
TRUSTED = 3
FORGIVEN = 10.0


Target = tuple[str, str, int]
"""A provider, the model there, and which credential: one of them may be well where another is not."""


def target(upstream: Upstream) -> Target:
    return upstream.name, upstream.model, upstream.seed


def floor(worker: int, workers: int) -> int:
    """A worker's part of the first few."""
    return FLOOR // workers + (worker < FLOOR % workers)


@dataclass(slots=True)
class _Failures:
    """On end, and when the last of them was."""

    number: int
    since: float


@final
class RetryBudget:
    """Of one worker."""

    __slots__ = ("_failures", "_first", "_now", "_saved")

    def __init__(self, first: int = FLOOR, now: Callable[[], float] = monotonic) -> None:
        self._first, self._now = first, now
        self._saved: dict[str, float] = {}
        self._failures: dict[tuple[str, Target], _Failures] = {}

    @property
    def failing(self) -> bool:
        """Somebody's last attempt failed."""
        return bool(self._failures)

    def asked(self, model: str) -> None:
        """A request begins."""
        self._saved[model] = min(MOST, self._saved.get(model, 0.0) + SHARE)

    def again(self, model: str) -> bool:
        """Takes what one more attempt costs, if there is as much."""
        saved = self._saved.get(model, 0.0)
        if saved >= 1 - 1e-9:
            self._saved[model] = saved - 1
        elif self._first:
            self._first -= 1
        else:
            return False
        return True

    def elsewhere(self, model: str, upstream: Target) -> bool:
        """As `again`, for an attempt at another upstream: on credit, while that one is trusted."""
        if self.again(model):
            return True
        failures = self._failures.get((model, upstream))
        if failures is not None and failures.number >= TRUSTED:
            if self._now() - failures.since < FORGIVEN:
                return False
            failures.since = self._now()
        self._saved[model] = max(-MOST, self._saved.get(model, 0.0) - 1)
        return True

    def back(self, model: str) -> None:
        """The attempt at another upstream gave an answer."""
        self._saved[model] = min(MOST, self._saved.get(model, 0.0) + 1)

    def ended(self, model: str, upstream: Target, *, well: bool) -> None:
        if well:
            self._failures.pop((model, upstream), None)
            return
        failures = self._failures.get((model, upstream))
        if failures is None:
            self._failures[model, upstream] = _Failures(1, self._now())
        else:
            failures.number += 1
            failures.since = self._now()

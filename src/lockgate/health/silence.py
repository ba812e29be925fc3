"""Who says nothing any more: attempts wait at an upstream without any answer, for far longer than such answers took lately.

A worker finds that out by itself, long before a time-out that has to be long enough for the longest answer, so that an
upstream that hangs does not take a share of all requests until then.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import final

LEAST, TIMES = 1.0, 3.0
"""Seconds, and how many times the slowest of the last answers: both have to be over."""
KNOWN, KEPT = 20, 128
"""So many answers say what is slow; after so many the older ones are forgotten."""
PROOF = 20
"""So many good answers have to come from the others that serve the same while one says nothing. Without them, a few requests
that are slow by themselves would look like silence where little is asked."""


class _Silence:
    """Of one upstream. `waiting` are the attempts that began since its last answer and have none; since `since` there are
    enough of them, and the others had given `others` good answers by then.
    """

    __slots__ = ("_before", "_slowest", "others", "seen", "since", "waiting")

    def __init__(self) -> None:
        self.waiting = self.seen = self.others = 0
        self.since = inf
        self._slowest = self._before = 0.0

    def took(self, seconds: float) -> None:
        """A good answer began after so long."""
        self._slowest = max(self._slowest, seconds)
        self.seen += 1
        if self.seen % KEPT == 0:
            self._before, self._slowest = self._slowest, 0.0

    @property
    def slowest(self) -> float:
        """Seconds; 0 while too few answers are known."""
        return max(self._slowest, self._before) if self.seen >= KNOWN else 0.0


@final
class Silences:
    """Of all upstreams of a worker, each by its place; `enough` is how many attempts have to wait."""

    __slots__ = ("_each", "hushed", "pools", "silent")

    def __init__(self) -> None:
        self._each: list[_Silence] = []
        self.hushed: set[int] = set()
        """Where so many wait that it has to be asked for how long."""
        self.silent: set[int] = set()
        self.pools: Sequence[Sequence[int]] = ()
        """Which of them serve the same model, and are asked the same."""

    def put(self, place: int) -> None:
        """Another upstream has the place now, or a new one behind all others."""
        self._each[place : place + 1] = [_Silence()]
        self._heard(place)

    def began(self, place: int, enough: int, clock: Callable[[], float]) -> None:
        each = self._each[place]
        each.waiting += 1
        if each.waiting == enough:
            each.since, each.others = clock(), self._answers(place)
            self.hushed.add(place)

    def answered(self, place: int, seconds: float | None) -> None:
        """`seconds`: how long a good answer took to begin, None for another one."""
        each = self._each[place]
        each.waiting = 0
        if seconds is not None:
            each.took(seconds)
        if place in self.hushed:
            self._heard(place)

    def ended(self, place: int, enough: int) -> bool:
        """An attempt without an answer is over. Whether too few wait there now to say anything."""
        each = self._each[place]
        each.waiting = max(0, each.waiting - 1)
        few = each.waiting < enough and place in self.hushed
        if few:
            self._heard(place)
        return few

    def _heard(self, place: int) -> None:
        self._each[place].since = inf
        self.hushed.discard(place)
        self.silent.discard(place)

    def overdue(self, now: float) -> Sequence[int]:
        """Those that fell silent since the last time."""
        late = [at for at in self.hushed - self.silent if now - self._each[at].since > LEAST]
        news = [at for at in late if now - self._each[at].since > self.patience(at) and self._proven(at)]
        self.silent.update(news)
        return news

    def _proven(self, place: int) -> bool:
        return self._answers(place) - self._each[place].others >= PROOF

    def _answers(self, place: int) -> int:
        """Good ones, of all others that serve a model of its."""
        return sum(self._each[at].seen for at in self._alike(place) - {place})

    def _alike(self, place: int) -> set[int]:
        return {place, *(at for pool in self.pools if place in pool for at in pool)}

    def patience(self, place: int) -> float:
        """Seconds of silence that are odd there: of all that serve a model of its, the slowest says what is slow."""
        slowest = max(self._each[at].slowest for at in self._alike(place))
        return max(LEAST, TIMES * slowest) if slowest else inf

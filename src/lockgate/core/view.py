"""How upstreams stand at one moment, and the moment itself: values that a plan is made of."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Placed(Protocol):
    """What has a row in the table: an upstream."""

    @property
    def place(self) -> int: ...


class State(Struct, frozen=True, gc=False):
    """One upstream, as this process knows it. Times are of the monotonic clock.

    `busy` attempts run, `pending` of them have no answer yet. `ttft_s` and `total_s` are weighted means, 0 where nobody
    knows, and `heard` is when they changed. `headroom` is what was left of its own limits when it was `told`.
    """

    busy: int = 0
    pending: int = 0
    ttft_s: float = 0.0
    total_s: float = 0.0
    heard: float = 0.0
    headroom: float = 1.0
    told: float = 0.0
    tripped: bool = False
    """Its breaker is open; from `out_until` on it is half open, and one request may try it."""
    out_until: float = 0.0
    claimed_until: float = 0.0
    """Somebody tries it now: nobody else does before."""
    cool_until: float = 0.0
    """It said that it was asked too often."""
    down: bool = False
    """Its health check fails."""
    silent: bool = False
    """Attempts of this process wait there for an answer, for longer than is usual, and get none."""

    def well(self, now: float) -> bool:
        return not self.silent and self.sound(now)

    def sound(self, now: float) -> bool:
        """Nothing is known against it but that it says nothing."""
        return not self.tripped and not self.down and now >= self.cool_until

    def on_trial(self, now: float) -> bool:
        """It may be tried by one request, to see whether it is well again."""
        return (
            (self.tripped or self.silent)
            and not self.down
            and now >= self.out_until
            and now >= self.claimed_until
            and now >= self.cool_until
        )


FINE = State()
STATES = ("well", "cooling", "silent", "on_trial", "out", "down")
"""In words for people, from the best to the worst."""


class View(Struct, frozen=True):
    """All upstreams at one moment, by the place that each of them has in the table; the last is for those without a place,
    which is -1. It never changes.

    `bad` are the places of those that are not well, and `full` providers that take no more at once.
    """

    states: tuple[State, ...] = (FINE,)
    bad: frozenset[int] = frozenset()
    full: frozenset[str] = frozenset()

    @property
    def calm(self) -> bool:
        """All are well, and none is full, so that nobody has to look."""
        return not self.bad and not self.full

    def of(self, upstream: Placed) -> State:
        return self.states[upstream.place]


class Moment(Struct, frozen=True, gc=False):
    """What a plan may depend on beside the request and the view: the time, the route's count of plans, and chance.

    `now` is of the monotonic clock, `wall` of the day; `random` gives numbers in [0, 1). `who` is the key that asks, and
    `size` the bytes of its body.
    """

    now: float
    wall: float
    turn: int
    random: Callable[[], float]
    who: str = ""
    size: int = 0

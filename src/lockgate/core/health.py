"""How upstreams do: what came of an attempt, how each of them stands at a moment, and the port between the two.

`began` and `ended` are called exactly once for each attempt; of a stream `ended` comes when the stream ends.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

from lockgate.core.exchange import Upstream

OutcomeKind = Literal["ok", "connect", "timeout", "reset", "status", "bad_answer", "rate_limited", "cancelled"]


class Outcome(Struct, frozen=True, gc=False):
    """What came of an attempt. Times are seconds since it began, None for what did not come.

    ok            it answered; an error that is the client's own fault is an answer, too
    connect       no connection: refused, no such name, TLS
    timeout       nothing for too long, in whichever phase
    reset         the connection went away before the end
    status        an answer that is a failure: 5xx, 408, or 401 to our credential
    bad_answer    not HTTP, not the dialect, cut short, or 200 and then an error
    rate_limited  429, or what means the same
    cancelled     we did not wait for the end: the client left, or another attempt was quicker. Says nothing of it.

    `headroom` is the part of its own rate limit that the upstream says is left, 0 to 1, None where it did not say.
    """

    kind: OutcomeKind
    status: int = 0
    ttft_s: float | None = None
    total_s: float | None = None
    retry_after_s: float | None = None
    headroom: float | None = None


class State(Struct, frozen=True, gc=False):
    """One upstream. Times are of the monotonic clock; `ttft_s` and `total_s` are weighted means, 0 where nobody knows.

    `busy` attempts run, `pending` of them have no answer yet. It gets no requests before `out_until` (ejected) and
    `cool_until` (its rate limit). `probing`: it was ejected, the time is over, and the one request that may try it runs.
    """

    busy: int = 0
    pending: int = 0
    out_until: float = 0.0
    cool_until: float = 0.0
    probing: bool = False
    failures: int = 0
    ttft_s: float = 0.0
    total_s: float = 0.0
    headroom: float = 1.0


FINE = State()


class View(Struct, frozen=True):
    """All upstreams at one moment, by the place that each of them has in the table. It never changes.

    `calm`: none of them is out or cools down, and no bulkhead is set, so that nobody has to look.
    """

    states: tuple[State, ...] = ()
    calm: bool = True

    def of(self, upstream: Upstream) -> State:
        return self.states[upstream.place] if 0 <= upstream.place < len(self.states) else FINE


class Moment(Struct, frozen=True, gc=False):
    """What a plan may depend on beside the request and the view: the time, the route's count of plans, and chance.

    `now` is of the monotonic clock, `wall` of the day; `random` gives numbers in [0, 1).
    """

    now: float
    wall: float
    turn: int
    random: Callable[[], float]


class Health(Protocol):
    """Never blocks, never fails."""

    def began(self, upstream: Upstream) -> None: ...

    def answered(self, upstream: Upstream) -> None:
        """The first of an answer came. At most once, between the other two; without it the attempt is pending."""
        ...

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None: ...

    def snapshot(self, now: float) -> View: ...


class Unwatched:
    """Health where nobody keeps it: all are fine, always."""

    def began(self, upstream: Upstream) -> None:
        pass

    def answered(self, upstream: Upstream) -> None:
        pass

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None:
        pass

    def snapshot(self, now: float) -> View:
        return View()

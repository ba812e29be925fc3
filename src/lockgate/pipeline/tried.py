"""One attempt at an upstream, as its health sees it: it begins once and ends once, whoever says so first."""

from math import inf
from time import perf_counter
from typing import final

from lockgate.core.exchange import Upstream
from lockgate.core.headroom import headroom
from lockgate.core.health import Health, Outcome, OutcomeKind
from lockgate.core.http import Arrival
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry_after import retry_after

FAILURES = frozenset((401, 408, 500, 501, 502, 503, 504, 529))
"""Statuses that say something of the upstream. 401 is about our credential there: it is of no use to anybody."""
LIMITED = 429

_PROBLEMS: dict[Kind, OutcomeKind] = {
    Kind.UNREACHABLE: "connect",
    Kind.UPSTREAM_RESET: "reset",
    Kind.UPSTREAM_TLS: "connect",
    Kind.UPSTREAM_TIMEOUT: "timeout",
    Kind.BAD_UPSTREAM: "bad_answer",
    Kind.UPSTREAM_ERROR: "status",
    Kind.OVERLOADED: "status",
}


@final
class Tried:
    """`send` makes one for each attempt and ends those that failed; the one whose answer is used ends with the request.

    `wall` is the time of day, for dates in headers. `until` is how long the client itself wants to wait, on the clock of
    `perf_counter`: silence until then says nothing of the upstream, or one hasty client could have it left alone. `end` is
    how long it may take in all: an answer that flows until then is long, or its reader slow, and that says nothing either.
    """

    __slots__ = (
        "_answered",
        "_end",
        "_health",
        "_limit",
        "_over",
        "_started",
        "_until",
        "_wall",
        "status",
        "ttft_s",
        "upstream",
    )

    def __init__(self, health: Health, upstream: Upstream, wall: float, until: float = inf, end: float = inf) -> None:
        self.upstream = upstream
        self.status = 0
        self.ttft_s: float | None = None
        self._health, self._wall, self._until, self._end = health, wall, until, end
        self._answered = self._over = False
        self._limit: float | None = None
        self._started = perf_counter()
        health.began(upstream)

    def answered(self, arrival: Arrival) -> None:
        """The head is there, and of a stream the first frame."""
        self.status = arrival.status
        self.ttft_s = perf_counter() - self._started
        if arrival.status >= 400:
            self._limit = retry_after(arrival.headers, self._wall)
        if not self._answered:
            self._answered = True
            left = headroom(arrival.headers) if self.upstream.metered else None
            self._health.answered(self.upstream, self.ttft_s if arrival.status < 400 else None, left)

    def failed(self, problem: Problem | None) -> None:
        """It is over: with this problem, or with the status that was answered."""
        if self.status == LIMITED:
            self.ended("rate_limited")
        elif self.status >= 400:
            self.ended("status" if self.status in FAILURES else "ok")
        elif problem is not None and problem.source == "upstream":
            kind = _PROBLEMS.get(problem.kind, "ok")
            if kind == "connect" and self._answered:
                kind = "reset"
            if kind == "timeout" and perf_counter() >= (min(self._until, self._end) if self._answered else self._until):
                kind = "cancelled"
            self.ended("rate_limited" if problem.status == LIMITED else kind)
        else:
            self.ended("ok")

    def ended(self, kind: OutcomeKind) -> None:
        """A second call does nothing."""
        if self._over:
            return
        self._over = True
        total = perf_counter() - self._started
        outcome = Outcome(kind, self.status, self.ttft_s, total, self._limit)
        self._health.ended(self.upstream, outcome, answered=self._answered)

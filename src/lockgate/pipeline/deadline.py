"""Until when must a request be answered, all attempts together? What the model has, and less when the client wants less."""

import re
from math import inf
from time import perf_counter

from lockgate.core.exchange import Call, Upstream
from lockgate.core.http import Timeouts, header
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger

HEADER = b"x-request-timeout"
_SECONDS = re.compile(rb"[0-9]{1,6}(\.[0-9]{1,6})?")


def limit(ledger: Ledger, call: Call, longest: float | None) -> None:
    """Sets the request's deadline. Refuses what is no number of seconds above 0."""
    seconds = inf if longest is None else longest
    asked = header(call.headers, HEADER)
    if asked is not None:
        wanted = float(asked) if _SECONDS.fullmatch(asked) else 0.0
        if not wanted:
            name = HEADER.decode()
            detail = f"the header {name} must be a number of seconds above 0, as in 30 or 2.5"
            raise Problem(Kind.INVALID, detail, where=f"headers.{name}")
        seconds = min(seconds, wanted)
        ledger.patience = ledger.started + wanted
    if seconds < inf:
        ledger.deadline = ledger.started + seconds


def left(ledger: Ledger) -> float:
    """Seconds; below 0 when it is over."""
    return inf if ledger.deadline == inf else ledger.deadline - perf_counter()


def hasty(problem: Problem | None, ledger: Ledger) -> bool:
    """The client itself did not want to wait any longer: that says nothing of an upstream, and is nothing for others."""
    return problem is not None and problem.kind is Kind.UPSTREAM_TIMEOUT and perf_counter() >= ledger.patience


def timeouts(upstream: Upstream, ledger: Ledger, *, stream: bool) -> Timeouts:
    """The upstream's own, none of them beyond the deadline. Raises `Problem` when that is over."""
    own, seconds = upstream.timeouts, left(ledger)
    if seconds <= 0:
        raise Problem(Kind.UPSTREAM_TIMEOUT, "no answer in the time that the request has in all", source="upstream")
    longest = upstream.max_stream if stream and upstream.max_stream else own.total
    if seconds == inf and longest == own.total:
        return own
    return Timeouts(min(own.connect, seconds), min(own.first_byte, seconds), own.between_chunks, min(longest, seconds))

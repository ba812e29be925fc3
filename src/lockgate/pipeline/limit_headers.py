"""How the limits stand, in the headers of every reply: the IETF's names for all of them, and the dialect's own.

draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy: "name";q=100;w=60` says what is allowed and
`RateLimit: "name";r=50;t=30` what is left, and in how many seconds it is all there again. Both are lists of strings with
parameters (RFC 9651); `qu` is what is counted, where that is not requests.
"""

from collections.abc import Sequence

from lockgate.core.allowed import Allowed
from lockgate.core.dialect import Dialect
from lockgate.core.http import Headers
from lockgate.core.limit import Standing
from lockgate.core.period import Calendar
from lockgate.pipeline.applies import Chosen

MARK = b"ratelimit"
"""In the names of all headers about limits, ours and a dialect's."""


def limit_headers(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> Headers:
    if not chosen.shown:
        return ()
    timed, numbers = 0, []
    allowed: list[Allowed] = []
    for each in chosen.shown:
        standing, calendar = standings[each.number], each.calendar
        left = free if (free := standing.free) > 0 else 0
        numbers.append(left)
        timed <<= 1
        if seconds := -(-standing.reset // 1_000_000) if calendar is None else _rest(calendar, now):
            numbers.append(seconds)
            timed |= 1
        if each.kind:
            allowed.append(Allowed(each.kind, each.capacity, left, seconds))
    own = dialect.allowed(allowed, now) if allowed else ()
    return (b"ratelimit-policy", chosen.policy), (b"ratelimit", chosen.line(timed) % tuple(numbers)), *own


def replaced(headers: Headers, ours: Headers) -> Headers:
    """Where the upstream says the same about its own limits, ours is what the client has to heed."""
    for name, _ in headers:
        if MARK in name:
            names = {name for name, _ in ours}
            return (*(pair for pair in headers if pair[0] not in names), *ours)
    return headers + ours


def _rest(calendar: Calendar, now: float) -> int:
    micros = int(now * 1e6)
    return calendar.window(micros).reset(micros)

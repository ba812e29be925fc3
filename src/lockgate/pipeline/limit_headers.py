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
from lockgate.pipeline.chosen import Chosen

MARK = b"ratelimit"
"""In the names of all headers about limits, ours and a dialect's."""


def limit_headers(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> Headers:
    if not chosen.shown:
        return ()
    timed = 0
    numbers: list[int] = []
    tightest: dict[str, Allowed] = {}
    for number, kind, capacity, calendar in chosen.shown:
        standing = standings[number]
        left = free if (free := standing.free) > 0 else 0
        seconds = -(-standing.reset // 1_000_000) if calendar is None else _rest(calendar, now)
        timed <<= 1
        if seconds:
            numbers += (left, seconds)
            timed |= 1
        else:
            numbers.append(left)
        if kind:
            known = tightest.get(kind)
            if known is None or left * known.limit < known.left * capacity:
                tightest[kind] = Allowed(capacity, left, seconds)
    own = dialect.allowed(tightest, now) if tightest else ()
    return chosen.policy, (b"ratelimit", chosen.line(timed) % tuple(numbers)), *own


def replaced(headers: Headers, ours: Headers) -> Headers:
    """Where the upstream says the same about its own limits, ours is what the client has to heed."""
    for name, _ in headers:
        if name.find(MARK) >= 0:  # `in` would take it for a number first
            names = {name for name, _ in ours}
            return (*(pair for pair in headers if pair[0] not in names), *ours)
    return headers + ours


def _rest(calendar: Calendar, now: float) -> int:
    micros = int(now * 1e6)
    return calendar.window(micros).reset(micros)

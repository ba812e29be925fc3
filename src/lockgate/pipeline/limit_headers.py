"""How the limits stand, in the headers of every reply: the IETF's names for all of them, and the dialect's own.

draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy: "name";q=100;w=60` says what is allowed and
`RateLimit: "name";r=50;t=30` what is left, and in how many seconds it is all there again. Both are lists of strings with
parameters (RFC 9651); `qu` is what is counted, where that is not requests.
"""

from collections.abc import Sequence

from lockgate.core.dialect import Allowed, Dialect
from lockgate.core.http import Headers
from lockgate.core.limit import Standing
from lockgate.core.period import Calendar
from lockgate.pipeline.applies import Chosen

IN_DIALECTS = frozenset(("requests", "tokens", "input_tokens", "output_tokens"))
MARK = b"ratelimit"
"""In the names of all headers about limits, ours and a dialect's."""


def limit_headers(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> Headers:
    if not chosen.shown:
        return ()
    lefts: list[bytes] = []
    allowed: list[Allowed] = []
    for each in chosen.shown:
        standing = standings[each.number]
        left = max(0, standing.free)
        seconds = -(-standing.reset // 1_000_000) if each.calendar is None else _rest(each.calendar, now)
        lefts.append(each.timed % (left, seconds) if seconds else each.untimed % left)
        if each.kind in IN_DIALECTS:
            allowed.append(Allowed(each.kind, each.capacity, left, seconds))
    own = dialect.allowed(allowed, now) if allowed else ()
    return (b"ratelimit-policy", chosen.policy), (b"ratelimit", b", ".join(lefts)), *own


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

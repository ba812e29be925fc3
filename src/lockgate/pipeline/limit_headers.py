"""How the limits stand, in the headers of every reply: the IETF's names for all of them, and the dialect's own.

draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy: "name";q=100;w=60` says what is allowed and
`RateLimit: "name";r=50;t=30` what is left, and in how many seconds it is all there again. Both are lists of strings with
parameters (RFC 9651); `qu` is what is counted, where that is not requests.
"""

from collections.abc import Sequence

from lockgate.core.allowed import Left
from lockgate.core.dialect import Dialect
from lockgate.core.http import Headers
from lockgate.core.limit import Standing
from lockgate.core.period import Calendar
from lockgate.core.remembered import Remembered
from lockgate.pipeline.chosen import Chosen

MARK = b"ratelimit"
"""In the names of all headers about limits, ours and a dialect's."""


def limit_headers(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> Headers:
    if not chosen.shown:
        return ()
    texts, tightest = said(chosen, standings, now)
    own: Headers = ()
    if (allowed := dialect.allowed) is not None:
        for kind, names in allowed.names.items():
            if kind in tightest:
                limit, left, seconds = tightest[kind]
                own += (names[0], limit), (names[1], left), (names[2], allowed.when(seconds, now))
    return chosen.policy, (b"ratelimit", chosen.line % tuple(texts)), *own


def said(chosen: Chosen, standings: Sequence[Standing], now: float) -> tuple[list[bytes], dict[str, Left]]:
    """What there is to say of each limit that is shown, two texts; and of each kind that dialects know the tightest one."""
    texts: list[bytes] = []
    tightest: dict[str, Left] = {}
    least: dict[str, tuple[int, int]] = {}
    reset = seconds = 0
    for number, kind, limit, capacity, calendar in chosen.shown:
        standing = standings[number]
        left = free if (free := standing.free) > 0 else 0
        if calendar is not None:
            reset, seconds = -1, _rest(calendar, now)
        elif standing.reset != reset:  # as that of the one before: windows of the same length often end together
            reset = standing.reset
            seconds = -(-reset // 1_000_000)
        text = b"%d" % left
        texts += text, times[seconds]
        if not kind:
            continue
        if capacity:
            known = least.get(kind)
            if known is not None and left * known[1] >= known[0] * capacity:
                continue
            least[kind] = left, capacity
        tightest[kind] = limit, text, seconds
    return texts, tightest


def replaced(headers: Headers, ours: Headers) -> Headers:
    """Where the upstream says the same about its own limits, ours is what the client has to heed."""
    if told(headers):
        names = {name for name, _ in ours}
        return (*(pair for pair in headers if pair[0] not in names), *ours)
    return headers + ours


def told(headers: Headers) -> bool:
    """The upstream says something of its own limits."""
    for name, _ in headers:  # noqa: SIM110  half of the time
        if _about[name]:
            return True
    return False


def _rest(calendar: Calendar, now: float) -> int:
    micros = int(now * 1e6)
    return calendar.window(micros).reset(micros)


def _marked(name: bytes) -> bool:
    return MARK in name


def _time(seconds: int) -> bytes:
    return b";t=%d" % seconds if seconds else b""


_about = Remembered(_marked, 128)  # upstreams may make up names, and long ones
times = Remembered(_time)

"""How the limits stand, in the headers of every reply: the IETF's names for all of them, and the dialect's own.

draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy: "name";q=100;w=60` says what is allowed and
`RateLimit: "name";r=50;t=30` what is left, and in how many seconds it is all there again. Both are lists of strings with
parameters (RFC 9651); `qu` is what is counted, where that is not requests.
"""

from collections.abc import Mapping, Sequence

from lockgate.core.allowance import Limit
from lockgate.core.dialect import Allowed, Dialect
from lockgate.core.http import Headers
from lockgate.core.limit import Standing

SHOWN = 12
"""Limits at most in one header."""

UNITS: Mapping[str, str] = {
    "tokens": ';qu="tokens"',
    "input_tokens": ';qu="input-tokens"',
    "output_tokens": ';qu="output-tokens"',
    "cost": ';qu="nanodollars"',
    "concurrency": ';qu="concurrent-requests"',
}

KNOWN = 4096
_policies: dict[int, tuple[Limit, str]] = {}
"""By the identity of the limit, which is held here so that it stays the only one with it."""

Stands = Sequence[tuple[Limit, Standing]]


def limit_headers(stands: Stands, dialect: Dialect, now: float) -> Headers:
    """Shadows are not shown, for nobody has to heed them; nor what the gateway may do at its providers."""
    shown = [each for each in stands if not each[0].shadow and each[0].place[0] != "provider"][:SHOWN]
    if not shown:
        return ()
    policy = ", ".join([_policy(limit) for limit, _ in shown])
    left, allowed = [], []
    for limit, stand in shown:
        reset, free = _reset(limit, stand, now), max(0, stand.free)
        left.append(f'"{limit.label}";r={free};t={reset}' if reset else f'"{limit.label}";r={free}')
        allowed.append(Allowed(limit.kind, limit.shape.capacity, free, reset))
    own = dialect.allowed(allowed, now)
    return (b"ratelimit-policy", policy.encode()), (b"ratelimit", ", ".join(left).encode()), *own


def replaced(headers: Headers, ours: Headers) -> Headers:
    """Where the upstream says the same about its own limits, ours is what the client has to heed."""
    names = {name for name, _ in ours}
    return (*(pair for pair in headers if pair[0] not in names), *ours)


def _policy(limit: Limit) -> str:
    """Made once for each limit that is in force."""
    known = _policies.get(id(limit))
    if known is not None and known[0] is limit:
        return known[1]
    window = f";w={-(-limit.shape.per // 1_000_000)}" if limit.shape.per else ""
    text = f'"{limit.label}";q={limit.shape.capacity}{window}{UNITS.get(limit.kind, "")}'
    if len(_policies) >= KNOWN:
        _policies.clear()
    _policies[id(limit)] = limit, text
    return text


def _reset(limit: Limit, standing: Standing, now: float) -> int:
    if limit.calendar is not None:
        return limit.calendar.window(int(now * 1e6)).reset(int(now * 1e6))
    return -(-standing.reset // 1_000_000)

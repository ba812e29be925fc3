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

Stands = Sequence[tuple[Limit, Standing]]


def limit_headers(stands: Stands, dialect: Dialect, now: float) -> Headers:
    """Shadows are not shown, for nobody has to heed them; nor what the gateway may do at its providers."""
    shown = [each for each in stands if not each[0].shadow and each[0].place[0] != "provider"][:SHOWN]
    if not shown:
        return ()
    policy = ", ".join([_policy(limit) for limit, _ in shown])
    left = ", ".join([f'"{limit.label}";r={max(0, stand.free)}{_until(limit, stand, now)}' for limit, stand in shown])
    own = dialect.allowed([_allowed(limit, stand, now) for limit, stand in shown], now)
    return (b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode()), *own


def replaced(headers: Headers, ours: Headers) -> Headers:
    """Where the upstream says the same about its own limits, ours is what the client has to heed."""
    names = {name for name, _ in ours}
    return (*(pair for pair in headers if pair[0] not in names), *ours)


def _policy(limit: Limit) -> str:
    window = f";w={-(-limit.shape.per // 1_000_000)}" if limit.shape.per else ""
    return f'"{limit.label}";q={limit.shape.capacity}{window}{UNITS.get(limit.kind, "")}'


def _until(limit: Limit, standing: Standing, now: float) -> str:
    seconds = _reset(limit, standing, now)
    return f";t={seconds}" if seconds else ""


def _reset(limit: Limit, standing: Standing, now: float) -> int:
    if limit.calendar is not None:
        return limit.calendar.window(int(now * 1e6)).reset(int(now * 1e6))
    return -(-standing.reset // 1_000_000)


def _allowed(limit: Limit, standing: Standing, now: float) -> Allowed:
    return Allowed(limit.kind, limit.shape.capacity, max(0, standing.free), _reset(limit, standing, now))

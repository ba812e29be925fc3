"""How limits stand, in OpenAI's headers: `x-ratelimit-remaining-requests: 59`, `x-ratelimit-reset-tokens: 6m0s`."""

from collections.abc import Mapping
from functools import lru_cache

from lockgate.core.allowed import Allowed
from lockgate.core.http import Headers

NAMES = {
    kind: tuple([b"x-ratelimit-%b-%b" % (what, kind.encode()) for what in (b"limit", b"remaining", b"reset")])
    for kind in ("requests", "tokens")
}


def allowed(limits: Mapping[str, Allowed], now: float) -> Headers:
    headers: Headers = ()
    for kind, (limit, remaining, reset) in NAMES.items():
        if (it := limits.get(kind)) is not None:
            headers += (limit, b"%d" % it.limit), (remaining, b"%d" % it.left), (reset, _length(it.reset))
    return headers


@lru_cache(4096)
def _length(seconds: int) -> bytes:
    """As Go writes a duration: `1s`, `6m0s`, `1h0m0s`."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return b"%dh%dm%ds" % (hours, minutes, left)
    return b"%dm%ds" % (minutes, left) if minutes else b"%ds" % left

"""How limits stand, in OpenAI's headers: `x-ratelimit-remaining-requests: 59`, `x-ratelimit-reset-tokens: 6m0s`."""

from collections.abc import Sequence

from lockgate.core.dialect import Allowed, tightest
from lockgate.core.http import Headers


def allowed(limits: Sequence[Allowed], now: float) -> Headers:
    headers: Headers = ()
    for kind in ("requests", "tokens"):
        if (it := tightest(limits, kind)) is not None:
            name = kind.encode()
            headers += (
                (b"x-ratelimit-limit-" + name, b"%d" % it.limit),
                (b"x-ratelimit-remaining-" + name, b"%d" % it.left),
                (b"x-ratelimit-reset-" + name, _length(it.reset)),
            )
    return headers


def _length(seconds: int) -> bytes:
    """As Go writes a duration: `1s`, `6m0s`, `1h0m0s`."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return b"%dh%dm%ds" % (hours, minutes, left)
    return b"%dm%ds" % (minutes, left) if minutes else b"%ds" % left

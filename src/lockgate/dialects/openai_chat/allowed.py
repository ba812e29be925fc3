"""How limits stand, in OpenAI's headers: `x-ratelimit-remaining-requests: 59`, `x-ratelimit-reset-tokens: 6m0s`."""

from collections.abc import Mapping

from lockgate.core.allowed import Allowed
from lockgate.core.http import Headers
from lockgate.core.remembered import Remembered


def allowed(limits: Mapping[str, Allowed], now: float) -> Headers:
    headers: Headers = ()
    if (it := limits.get("requests")) is not None:
        limit, left, reset = it
        headers = (
            (b"x-ratelimit-limit-requests", limit),
            (b"x-ratelimit-remaining-requests", left),
            (b"x-ratelimit-reset-requests", _lengths[reset]),
        )
    if (it := limits.get("tokens")) is not None:
        limit, left, reset = it
        headers += (
            (b"x-ratelimit-limit-tokens", limit),
            (b"x-ratelimit-remaining-tokens", left),
            (b"x-ratelimit-reset-tokens", _lengths[reset]),
        )
    return headers


def _length(seconds: int) -> bytes:
    """As Go writes a duration: `1s`, `6m0s`, `1h0m0s`."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return b"%dh%dm%ds" % (hours, minutes, left)
    return b"%dm%ds" % (minutes, left) if minutes else b"%ds" % left


_lengths = Remembered(_length)

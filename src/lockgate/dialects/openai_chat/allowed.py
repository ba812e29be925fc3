"""How limits stand, in OpenAI's headers: `x-ratelimit-remaining-requests: 59`, `x-ratelimit-reset-tokens: 6m0s`."""

from lockgate.core.allowed import Allowed
from lockgate.core.remembered import Remembered


def _length(seconds: int) -> bytes:
    """As Go writes a duration: `1s`, `6m0s`, `1h0m0s`."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return b"%dh%dm%ds" % (hours, minutes, left)
    return b"%dm%ds" % (minutes, left) if minutes else b"%ds" % left


_lengths = Remembered(_length)

ALLOWED = Allowed(
    {
        "requests": (b"x-ratelimit-limit-requests", b"x-ratelimit-remaining-requests", b"x-ratelimit-reset-requests"),
        "tokens": (b"x-ratelimit-limit-tokens", b"x-ratelimit-remaining-tokens", b"x-ratelimit-reset-tokens"),
    },
    lambda seconds, now: _lengths[seconds],
)

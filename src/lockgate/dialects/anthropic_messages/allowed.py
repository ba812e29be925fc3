"""How limits stand, in Anthropic's headers: `anthropic-ratelimit-input-tokens-remaining`, with times in RFC 3339."""

from collections.abc import Mapping
from datetime import UTC, datetime

from lockgate.core.allowed import Allowed
from lockgate.core.http import Headers
from lockgate.core.remembered import Remembered

KINDS = {
    kind: tuple([b"anthropic-ratelimit-%b-%b" % (name, what) for what in (b"limit", b"remaining", b"reset")])
    for kind, name in (
        ("requests", b"requests"),
        ("tokens", b"tokens"),
        ("input_tokens", b"input-tokens"),
        ("output_tokens", b"output-tokens"),
    )
}


def allowed(limits: Mapping[str, Allowed], now: float) -> Headers:
    headers: Headers = ()
    for kind, names in KINDS.items():
        if (it := limits.get(kind)) is not None:
            limit, left, reset = it
            headers += (names[0], limit), (names[1], left), (names[2], _moments[int(now) + reset])
    return headers


def _moment(at: int) -> bytes:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()


_moments = Remembered(_moment)

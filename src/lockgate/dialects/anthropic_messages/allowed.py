"""How limits stand, in Anthropic's headers: `anthropic-ratelimit-input-tokens-remaining`, with times in RFC 3339."""

from collections.abc import Mapping
from datetime import UTC, datetime

from lockgate.core.allowed import Allowed
from lockgate.core.http import Headers

KINDS = {
    "requests": b"requests",
    "tokens": b"tokens",
    "input_tokens": b"input-tokens",
    "output_tokens": b"output-tokens",
}


def allowed(limits: Mapping[str, Allowed], now: float) -> Headers:
    headers: Headers = ()
    for kind, name in KINDS.items():
        if (it := limits.get(kind)) is not None:
            headers += (
                (b"anthropic-ratelimit-%b-limit" % name, b"%d" % it.limit),
                (b"anthropic-ratelimit-%b-remaining" % name, b"%d" % it.left),
                (b"anthropic-ratelimit-%b-reset" % name, _moment(int(now) + it.reset)),
            )
    return headers


def _moment(at: int) -> bytes:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()

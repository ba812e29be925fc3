"""How limits stand, in Anthropic's headers: `anthropic-ratelimit-input-tokens-remaining`, with times in RFC 3339."""

from datetime import UTC, datetime

from lockgate.core.allowed import Allowed
from lockgate.core.remembered import Remembered

KINDS = {
    "requests": b"requests",
    "tokens": b"tokens",
    "input_tokens": b"input-tokens",
    "output_tokens": b"output-tokens",
}


def _names(kind: bytes) -> tuple[bytes, bytes, bytes]:
    start = b"anthropic-ratelimit-" + kind
    return start + b"-limit", start + b"-remaining", start + b"-reset"


def _moment(at: int) -> bytes:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()


_moments = Remembered(_moment)

ALLOWED = Allowed(
    {kind: _names(name) for kind, name in KINDS.items()}, lambda seconds, now: _moments[int(now) + seconds]
)

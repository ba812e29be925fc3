"""What an upstream says is left of its own rate limits: the part of the tightest one, from its headers."""

from lockgate.core.http import Headers

ANTHROPIC = b"anthropic-ratelimit-"
COMMON = b"x-ratelimit-"
"""OpenAI and those that do as it does. Both have a limit and what remains, of requests and of tokens."""


def headroom(headers: Headers) -> float | None:
    """0 to 1; None where nothing that makes sense is said."""
    limits: dict[bytes, int] = {}
    left: dict[bytes, int] = {}
    for name, value in headers:
        if name.startswith(COMMON):
            word, _, kind = name[len(COMMON) :].partition(b"-")
        elif name.startswith(ANTHROPIC):
            kind, _, word = name[len(ANTHROPIC) :].rpartition(b"-")
        else:
            continue
        if word in (b"limit", b"remaining") and len(value) < 16 and value.isdigit():
            (limits if word == b"limit" else left)[kind] = int(value)
    parts = [min(1.0, left[kind] / limits[kind]) for kind in left if limits.get(kind)]
    return min(parts) if parts else None

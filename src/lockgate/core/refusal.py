"""Why a model refused a request that was sound: it does not fit, or the provider's own filter does not like it.

OpenAI and its copies say it in `code`. Anthropic and Google have no code for it: there the words of their documentation count,
and only where the operator asked for it (`fallback_on`).
"""

from lockgate.core.retry import Refusal

STATUSES = frozenset((400, 413, 422))
_LOOKED_AT = 4096
_LENGTH = (
    b"context_length_exceeded",
    b"exceed_context_size_error",
    b"maximum context length",
    b"prompt is too long",
    b"exceeds the maximum number of tokens",
    b"input length and `max_tokens` exceed context limit",
    b"request_too_large",
    b"exceeds the available context size",
)
_FILTER = (b"content_filter", b"content_policy_violation", b"ResponsibleAIPolicyViolation", b"content filtering policy")


def refusal(status: int, body: bytes) -> Refusal:
    """What an error body says, as far as it is one of those that another model may not have."""
    if status not in STATUSES:
        return ""
    said = body[:_LOOKED_AT]
    if any(words in said for words in _LENGTH):
        return "context_length"
    return "content_filter" if any(words in said for words in _FILTER) else ""

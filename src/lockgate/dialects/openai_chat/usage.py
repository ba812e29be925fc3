"""Token counts, from every copy's convention to ours and back to OpenAI's."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
from lockgate.dialects.openai_chat import wire
from lockgate.dialects.openai_chat.wire import number

_counted = msgspec.json.Decoder(wire.Counted)


def decode(counted: wire.Usage) -> Usage:
    """OpenAI's counts are ours: input includes what was cached, output what was thought.

    xAI counts thoughts beside the output: then, and only then, the total is the sum of all three.
    """
    input_details = counted.prompt_tokens_details or wire.InputDetails()
    output_details = counted.completion_tokens_details or wire.OutputDetails()
    given, written = number(counted.prompt_tokens), number(counted.completion_tokens)
    reasoning = number(output_details.reasoning_tokens) or number(counted.reasoning_tokens)
    if reasoning and number(counted.total_tokens) == given + written + reasoning:
        written += reasoning
    cached = (
        number(input_details.cached_tokens) or number(counted.prompt_cache_hit_tokens) or number(counted.cached_tokens)
    )
    return Usage(given, written, cached, number(input_details.cache_write_tokens), reasoning)


def encode(usage: Usage) -> dict[str, Any]:
    details: dict[str, int] = {"cached_tokens": usage.cached}
    if usage.written:
        details["cache_write_tokens"] = usage.written
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


def unary(body: bytes) -> Usage | None:
    """The counts in a whole answer or a chunk. Never raises."""
    try:
        counted = _counted.decode(body).usage
    except (ValueError, RecursionError):
        return None
    return decode(counted) if counted else None

"""Token counts. OpenAI's are ours: input includes what was cached, output what was thought."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
from lockgate.dialects.openai_responses import wire
from lockgate.dialects.openai_responses.wire import number

TIERS = ("flex", "priority", "fast")
"""Service tiers with prices of their own."""
_NO_INPUT, _NO_OUTPUT = wire.InputDetails(), wire.OutputDetails()
_counted = msgspec.json.Decoder(wire.Counted)


def decode(said: wire.Counted | wire.Response) -> Usage | None:
    counted = said.usage
    if counted is None:
        return None
    given, made = counted.input_tokens_details or _NO_INPUT, counted.output_tokens_details or _NO_OUTPUT
    searches = said.tool_usage.web_search if said.tool_usage is not None else None
    return Usage(
        number(counted.input_tokens),
        number(counted.output_tokens),
        number(given.cached_tokens),
        number(given.cache_write_tokens),
        number(made.reasoning_tokens),
        searches=number(searches.num_requests) if searches is not None else 0,
        tier=said.service_tier if said.service_tier in TIERS else "",
    )


def encode(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.written},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def unary(body: bytes) -> Usage | None:
    """The counts in a whole answer. Never raises."""
    try:
        return decode(_counted.decode(body))
    except (ValueError, RecursionError):
        return None

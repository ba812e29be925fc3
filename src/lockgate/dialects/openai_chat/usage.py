"""Token counts, from every copy's convention to ours and back to OpenAI's."""

from typing import Any

import msgspec

from lockgate.core.answer import Usage
from lockgate.dialects.openai_chat import wire
from lockgate.dialects.openai_chat.wire import number

TIERS = ("flex", "priority", "fast")
"""Service tiers with prices of their own."""
_NO_INPUT, _NO_OUTPUT = wire.InputDetails(), wire.OutputDetails()
_counted = msgspec.json.Decoder(wire.Counted)


def decode(counted: wire.Usage, tier: Any = None) -> Usage:
    """OpenAI's counts are ours: input includes what was cached, output what was thought.

    xAI counts thoughts beside the output: then, and only then, the total is the sum of all three.
    """
    input_details = counted.prompt_tokens_details or _NO_INPUT
    output_details = counted.completion_tokens_details or _NO_OUTPUT
    given, written = number(counted.prompt_tokens), number(counted.completion_tokens)
    reasoning = number(output_details.reasoning_tokens) or number(counted.reasoning_tokens)
    if reasoning and number(counted.total_tokens) == given + written + reasoning:
        written += reasoning
    cached = (
        number(input_details.cached_tokens) or number(counted.prompt_cache_hit_tokens) or number(counted.cached_tokens)
    )
    return Usage(
        given,
        written,
        cached,
        number(input_details.cache_write_tokens),
        reasoning,
        input_audio=number(input_details.audio_tokens),
        output_audio=number(output_details.audio_tokens),
        input_image=number(input_details.image_tokens),
        output_image=number(output_details.image_tokens),
        input_video=number(input_details.video_tokens),
        tier=tier if tier in TIERS else "",
    )


def encode(usage: Usage) -> dict[str, Any]:
    details: dict[str, int] = {"cached_tokens": usage.cached}
    if usage.written:
        details["cache_write_tokens"] = usage.written
    if usage.input_audio:
        details["audio_tokens"] = usage.input_audio
    made: dict[str, int] = {"reasoning_tokens": usage.reasoning}
    if usage.output_audio:
        made["audio_tokens"] = usage.output_audio
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": details,
        "completion_tokens_details": made,
    }


def unary(body: bytes) -> Usage | None:
    """The counts in a whole answer or a chunk. Never raises."""
    try:
        counted = _counted.decode(body)
    except (ValueError, RecursionError):
        return None
    return decode(counted.usage, counted.service_tier) if counted.usage else None

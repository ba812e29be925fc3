"""Token counts. Theirs leave the thoughts out of the output; a tool's own prompts stand apart from the input."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from lockgate.core.answer import Usage, count
from lockgate.dialects.gemini_generate import wire

_tree = msgspec.json.Decoder(dict[str, Any]).decode


def decode(counted: wire.Usage | None) -> Usage:
    if counted is None:
        return Usage()
    thoughts = count(counted.thoughts_token_count)
    given = (counted.prompt_tokens_details, counted.tool_use_prompt_tokens_details)
    made, kept = (counted.candidates_tokens_details,), (counted.cache_tokens_details,)
    return Usage(
        input=count(counted.prompt_token_count) + count(counted.tool_use_prompt_token_count),
        output=count(counted.candidates_token_count) + thoughts,
        cached=count(counted.cached_content_token_count),
        reasoning=thoughts,
        input_audio=_of("AUDIO", *given),
        output_audio=_of("AUDIO", *made),
        cached_audio=_of("AUDIO", *kept),
        input_image=_of("IMAGE", *given),
        output_image=_of("IMAGE", *made),
        cached_image=_of("IMAGE", *kept),
        input_video=_of("VIDEO", *given),
        output_video=_of("VIDEO", *made),
    )


def searches(candidates: Iterable[wire.Candidate | wire.Ending] | None) -> int:
    """What was searched for: Google takes money for each query, of maps too, whose queries it does not always tell."""
    given = (each.grounding_metadata for each in candidates or ())
    return sum(_queries(raw) for raw in given if raw is not wire.ABSENT and wire.present(raw))


def _queries(raw: Raw) -> int:
    """Never raises."""
    try:
        told = _tree(raw)
    except (ValueError, RecursionError):
        return 0
    queries = [told.get(name) for name in ("webSearchQueries", "imageSearchQueries")]
    said = sum(len(each) for each in queries if isinstance(each, list))
    chunks = told.get("groundingChunks")
    maps = isinstance(chunks, list) and any(isinstance(each, dict) and "maps" in each for each in chunks)
    return said or int(maps or "googleMapsWidgetContextToken" in told)


def with_searches(usage: Usage, found: int) -> Usage:
    """They are running totals, too."""
    return replace(usage, searches=found) if found > usage.searches else usage


def _of(modality: str, *details: list[wire.Modality] | None) -> int:
    return sum(count(each.token_count) for listed in details for each in listed or () if each.modality == modality)


def later(before: Usage | None, counted: wire.Usage) -> Usage:
    """Counts are running totals: the later ones, unless they leave something out."""
    now = decode(counted)
    if before is None or (
        now.input >= before.input
        and now.output >= before.output
        and now.cached >= before.cached
        and now.reasoning >= before.reasoning
    ):
        return now if before is None else with_searches(now, before.searches)
    return before.merged(now)


def encode(usage: Usage) -> dict[str, Any]:
    said = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": max(0, usage.output - usage.reasoning),
        "totalTokenCount": usage.input + usage.output,
    }
    if usage.cached:
        said["cachedContentTokenCount"] = usage.cached
    if usage.reasoning:
        said["thoughtsTokenCount"] = usage.reasoning
    return said


def unary(raw: bytes) -> Usage | None:
    """The counts in a whole answer. Never raises."""
    try:
        seen = wire.peek.decode(raw)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
    return (
        None if seen.usage_metadata is None else with_searches(decode(seen.usage_metadata), searches(seen.candidates))
    )

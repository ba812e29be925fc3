"""Token counts. Here `input_tokens` excludes what was read from and put into the cache; in our `Usage` it is included.

API reference, Messages: total input tokens are the sum of `input_tokens`, `cache_creation_input_tokens` and
`cache_read_input_tokens`; in a stream every count is a running total and an omitted one stays as it was.
"""

import msgspec

from lockgate.core.answer import Usage, count
from lockgate.dialects.anthropic_messages.wire import Counted, Counts

_counted = msgspec.json.Decoder(Counted)
NOTHING = Counts()


def overlaid(before: Counts, after: Counts) -> Counts:
    """The later frame's totals replace the earlier ones where it has them."""
    return Counts(
        before.input_tokens if after.input_tokens is None else after.input_tokens,
        before.output_tokens if after.output_tokens is None else after.output_tokens,
        before.cache_read_input_tokens if after.cache_read_input_tokens is None else after.cache_read_input_tokens,
        before.cache_creation_input_tokens
        if after.cache_creation_input_tokens is None
        else after.cache_creation_input_tokens,
        after.output_tokens_details or before.output_tokens_details,
        after.cache_creation or before.cache_creation,
        after.server_tool_use or before.server_tool_use,
        after.speed or before.speed,
    )


def read(counts: Counts | None) -> Usage:
    if counts is None:
        return Usage()
    cached = count(counts.cache_read_input_tokens)
    written = count(counts.cache_creation_input_tokens)
    details, kept, tools = counts.output_tokens_details, counts.cache_creation, counts.server_tool_use
    return Usage(
        input=count(counts.input_tokens) + cached + written,
        output=count(counts.output_tokens),
        cached=cached,
        written=written,
        reasoning=count(details.thinking_tokens) if details else 0,
        written_hour=count(kept.ephemeral_1h_input_tokens) if kept else 0,
        searches=count(tools.web_search_requests) if tools else 0,
        tier="fast" if counts.speed == "fast" else "",
    )


def written(usage: Usage) -> dict[str, object]:
    counts: dict[str, object] = {
        "input_tokens": max(usage.input - usage.cached - usage.written, 0),
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
    }
    if usage.reasoning:
        counts["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    if usage.written_hour:
        counts["cache_creation"] = {
            "ephemeral_5m_input_tokens": max(usage.written - usage.written_hour, 0),
            "ephemeral_1h_input_tokens": usage.written_hour,
        }
    if usage.searches:
        counts["server_tool_use"] = {"web_search_requests": usage.searches}
    return counts


def of_answer(raw: bytes) -> Usage | None:
    """The counts in a whole answer; None for whatever is not one."""
    try:
        counts = _counted.decode(raw).usage
    except (ValueError, RecursionError):
        return None
    return None if counts is None else read(counts)

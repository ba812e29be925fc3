"""The format as it is on the wire, in the fields that we read of answers and of the events of their streams.

OpenAI API reference, "Responses": the response object, and "Streaming events". Servers that copy it leave fields out, so nearly
all may be missing or null, and `type` is a plain string: what is not known is skipped, and not refused.
"""

from msgspec import Raw, Struct

from lockgate.core.answer import count

NOTHING = Raw(b"")
NULL = Raw(b"null")
Number = int | float | None


class Wire(Struct, frozen=True, gc=False):
    """What all have in common: they hold no cycles, so the collector need not look at them."""


class Part(Wire, frozen=True):
    """A part of a message, or of what was thought."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None
    logprobs: Raw = NOTHING
    annotations: Raw = NOTHING


class Told(Wire, frozen=True):
    """Log probabilities, in Chat Completions' form."""

    content: tuple[Raw, ...] | None = None


class Item(Wire, frozen=True):
    """Any output item; which fields are filled depends on `type`."""

    type: str = ""
    id: str | None = None
    content: tuple[Part, ...] | None = None
    summary: tuple[Part, ...] | None = None
    encrypted_content: str | None = None
    call_id: str | None = None
    name: str | None = None
    namespace: str | None = None
    arguments: str | None = None
    input: str | None = None
    server_label: str | None = None
    result: str | None = None
    output_format: str | None = None


class Kind(Wire, frozen=True):
    """An item, so far as it says what it is."""

    type: str = ""


class InputDetails(Wire, frozen=True):
    cached_tokens: Number = None
    cache_write_tokens: Number = None


class OutputDetails(Wire, frozen=True):
    reasoning_tokens: Number = None


class Usage(Wire, frozen=True):
    input_tokens: Number = None
    output_tokens: Number = None
    input_tokens_details: InputDetails | None = None
    output_tokens_details: OutputDetails | None = None


class Incomplete(Wire, frozen=True):
    reason: str | None = None


class Searches(Wire, frozen=True):
    num_requests: Number = None


class ToolUsage(Wire, frozen=True):
    web_search: Searches | None = None


class Response(Wire, frozen=True):
    """A response, whole or as an event has it. `output` is read item by item: some of them only their provider knows."""

    id: str | None = None
    object: str | None = None
    created_at: Number = None
    model: str | None = None
    status: str | None = None
    output: tuple[Raw, ...] | None = None
    incomplete_details: Incomplete | None = None
    usage: Usage | None = None
    tool_usage: ToolUsage | None = None
    service_tier: str | None = None
    error: Raw = NOTHING


class Counted(Wire, frozen=True):
    """Only the counts of an answer."""

    usage: Usage | None = None
    tool_usage: ToolUsage | None = None
    service_tier: str | None = None


class Frame(Wire, frozen=True):
    """Any event of a stream."""

    type: str = ""
    delta: str | None = None
    output_index: int | None = None
    content_index: int | None = None
    summary_index: int | None = None
    arguments: str | None = None
    input: str | None = None
    logprobs: Raw = NOTHING
    item: Raw = NOTHING
    response: Raw = NOTHING


number = count
"""A count. What is no sane count is none."""


def present(raw: Raw) -> bool:
    return raw not in (NOTHING, NULL)

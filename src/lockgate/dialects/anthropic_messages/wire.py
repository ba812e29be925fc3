"""The format as it is on the wire, for what comes from an upstream: answers, stream frames, errors, token counts.

Lenient on purpose: a field that is missing or null is no reason to lose an answer, an unknown one is skipped, and
`type` is a plain string, because a tagged union would refuse the block types of tomorrow.
"""

from msgspec import Raw, Struct


class ThinkingCount(Struct, frozen=True, gc=False):
    thinking_tokens: int | None = None


class Creation(Struct, frozen=True, gc=False):
    """What was put into the cache, by how long it stays."""

    ephemeral_1h_input_tokens: int | None = None


class ServerTools(Struct, frozen=True, gc=False):
    web_search_requests: int | None = None


class Counts(Struct, frozen=True, gc=False):
    """Running totals; `input_tokens` excludes the cached and the written ones. None: not said in this frame."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens_details: ThinkingCount | None = None
    cache_creation: Creation | None = None
    server_tool_use: ServerTools | None = None
    speed: str | None = None


class Block(Struct, frozen=True):
    """Any content block; which fields are filled depends on `type`."""

    type: str = ""
    text: str | None = None
    id: str | None = None
    name: str | None = None
    input: Raw = Raw(b"")
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    server_name: str | None = None
    tool_use_id: str | None = None
    citations: Raw = Raw(b"")


class RawMessage(Struct, frozen=True):
    """A message whose blocks are as they were written."""

    content: tuple[Raw, ...] | None = None


class RawFrame(Struct, frozen=True):
    content_block: Raw = Raw(b"")
    message: RawMessage | None = None


class StopDetails(Struct, frozen=True, gc=False):
    """Why the model refused."""

    explanation: str | None = None


class Error(Struct, frozen=True, gc=False):
    type: str | None = None
    message: str | None = None


class Message(Struct, frozen=True):
    """A whole answer, or the beginning of a stream."""

    type: str | None = None
    id: str | None = None
    model: str | None = None
    content: tuple[Block, ...] | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: StopDetails | None = None
    usage: Counts | None = None
    error: Error | None = None


class Delta(Struct, frozen=True, gc=False):
    """A piece of a block, or, in `message_delta`, the end of the message."""

    type: str = ""
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    signature: str | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: StopDetails | None = None


class Frame(Struct, frozen=True):
    """Any stream event."""

    type: str = ""
    index: int | None = None
    delta: Delta | None = None
    content_block: Block | None = None
    message: Message | None = None
    usage: Counts | None = None
    error: Error | None = None


class Failure(Struct, frozen=True):
    """An error body."""

    error: Error | None = None


class Counted(Struct, frozen=True):
    """Only the counts of an answer."""

    usage: Counts | None = None

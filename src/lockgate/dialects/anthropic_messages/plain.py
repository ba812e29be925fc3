"""The shape of most requests: nothing in them names what a provider keeps, and no code is run. API reference, "Create a Message"."""

from typing import Any, Literal

from lockgate.core.naming import Marker, Shape, Value


class Citation(Shape, frozen=True):
    """Of all kinds."""

    type: Value = None
    cited_text: Value = None
    document_index: Value = None
    document_title: Value = None
    start_char_index: Value = None
    end_char_index: Value = None
    start_page_number: Value = None
    end_page_number: Value = None
    start_block_index: Value = None
    end_block_index: Value = None
    search_result_index: Value = None
    source: Value = None
    title: Value = None
    url: Value = None
    encrypted_index: Value = None
    file_id: None = None


class Text(Shape, frozen=True, tag="text"):
    text: Value = None
    citations: list[Citation] | None = None
    cache_control: Marker | None = None


class Thought(Shape, frozen=True, tag="thinking"):
    thinking: Value = None
    signature: Value = None


class Redacted(Shape, frozen=True, tag="redacted_thinking"):
    data: Value = None


class Caller(Shape, frozen=True):
    type: Value = None
    tool_id: Value = None


class Use(Shape, frozen=True, tag="tool_use"):
    id: Value = None
    name: Value = None
    input: Any = None
    caller: Caller | None = None
    cache_control: Marker | None = None


class Hosted(Use, frozen=True, tag="server_tool_use"):
    pass


class Page(Shape, frozen=True, tag="web_search_result"):
    url: Value = None
    title: Value = None
    encrypted_content: Value = None
    page_age: Value = None


class Pages(Shape, frozen=True, tag="web_search_tool_result"):
    tool_use_id: Value = None
    content: list[Page] | None = None
    caller: Caller | None = None
    cache_control: Marker | None = None


class Source(Shape, frozen=True):
    type: Value = None
    media_type: Value = None
    data: Value = None
    url: Value = None


class Picture(Shape, frozen=True, tag="image"):
    source: Source
    cache_control: Marker | None = None


class Cited(Shape, frozen=True):
    enabled: Value = None


class Found(Shape, frozen=True, tag="search_result"):
    source: Value = None
    title: Value = None
    content: list[Text] | None = None
    citations: Cited | None = None
    cache_control: Marker | None = None


class Reference(Shape, frozen=True, tag="tool_reference"):
    tool_name: Value = None
    cache_control: Marker | None = None


class Document(Shape, frozen=True, tag="document"):
    source: Source
    citations: Cited | None = None
    title: Value = None
    context: Value = None
    cache_control: Marker | None = None


class Result(Shape, frozen=True, tag="tool_result"):
    tool_use_id: Value = None
    content: str | list[Text | Picture | Document | Found | Reference] | None = None
    is_error: Value = None
    cache_control: Marker | None = None


class Turn(Shape, frozen=True):
    role: Value = None
    content: (
        str | list[Text | Thought | Redacted | Use | Result | Picture | Document | Hosted | Pages | Found] | None
    ) = None


class Tool(Shape, frozen=True):
    """One that the client runs."""

    name: Value = None
    description: Value = None
    input_schema: Any = None
    input_examples: Any = None
    type: Literal["custom"] | None = None
    strict: Value = None
    defer_loading: Value = None
    eager_input_streaming: Value = None
    allowed_callers: list[Value] | None = None
    cache_control: Marker | None = None


class Thinking(Shape, frozen=True):
    type: Value = None
    budget_tokens: Value = None
    display: Value = None


class Format(Shape, frozen=True):
    type: Value = None
    schema: Any = None


class Budget(Shape, frozen=True):
    type: Value = None
    total: Value = None
    remaining: Value = None


class Output(Shape, frozen=True):
    effort: Value = None
    format: Format | None = None
    task_budget: Budget | None = None


class Diagnostics(Shape, frozen=True):
    """Of the first request: there is no message before it."""

    previous_message_id: None = None


class Request(Shape, frozen=True):
    model: Value = None
    max_tokens: Value = None
    system: str | list[Text] | None = None
    messages: list[Turn] | None = None
    tools: list[Tool] | None = None
    tool_choice: Any = None
    thinking: Thinking | None = None
    output_config: Output | None = None
    output_format: Format | None = None
    context_management: Any = None
    stream: Value = None
    stop_sequences: list[Value] | None = None
    temperature: Value = None
    top_p: Value = None
    top_k: Value = None
    metadata: Any = None
    cache_control: Marker | None = None
    service_tier: Value = None
    speed: Value = None
    inference_geo: Value = None
    diagnostics: Diagnostics | None = None
    betas: list[Value] | None = None


TOOLS = list[Tool]

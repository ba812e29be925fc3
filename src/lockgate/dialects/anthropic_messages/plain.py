"""The shape of most requests: nothing in them names what a provider keeps, and no code is run. API reference, "Create a Message"."""

from typing import Any, Literal

from lockgate.core.naming import Marker, Shape, Value


class Text(Shape, frozen=True, tag="text"):
    text: Value = None
    cache_control: Marker | None = None


class Thought(Shape, frozen=True, tag="thinking"):
    thinking: Value = None
    signature: Value = None


class Redacted(Shape, frozen=True, tag="redacted_thinking"):
    data: Value = None


class Use(Shape, frozen=True, tag="tool_use"):
    id: Value = None
    name: Value = None
    input: Any = None
    cache_control: Marker | None = None


class Source(Shape, frozen=True):
    type: Value = None
    media_type: Value = None
    data: Value = None
    url: Value = None


class Picture(Shape, frozen=True, tag="image"):
    source: Source
    cache_control: Marker | None = None


class Document(Shape, frozen=True, tag="document"):
    source: Source
    title: Value = None
    context: Value = None
    cache_control: Marker | None = None


class Result(Shape, frozen=True, tag="tool_result"):
    tool_use_id: Value = None
    content: str | list[Text | Picture | Document] | None = None
    is_error: Value = None
    cache_control: Marker | None = None


class Turn(Shape, frozen=True):
    role: Value = None
    content: str | list[Text | Thought | Redacted | Use | Result | Picture | Document] | None = None


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
    cache_control: Marker | None = None


class Thinking(Shape, frozen=True):
    type: Value = None
    budget_tokens: Value = None
    display: Value = None


class Format(Shape, frozen=True):
    type: Value = None
    schema: Any = None


class Output(Shape, frozen=True):
    effort: Value = None
    format: Format | None = None


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


TOOLS = list[Tool]

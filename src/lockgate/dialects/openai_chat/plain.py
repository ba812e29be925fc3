"""The shape of most requests: nothing in them names what a provider keeps. OpenAI API reference, "Create chat completion"."""

from typing import Annotated, Any

from msgspec import Meta

from lockgate.core.naming import Marker, Shape, Value


class Called(Shape, frozen=True):
    name: Value = None
    arguments: Value = None


class Call(Shape, frozen=True):
    id: Value = None
    type: Value = None
    index: Value = None
    function: Called | None = None


class TextPart(Shape, frozen=True, tag="text"):
    text: Value = None
    cache_control: Marker | None = None


PLAIN = r"^(?:data:|https://(?![^/]*googleapis)(?:[a-z0-9-]+\.)+[a-z]{2,}(?!.*/[vV][0-9])/[A-Za-z0-9_./~?=&-]*\Z)"
"""Data, or an address of plain letters at a name of plain letters: no other reading of it is another place."""


class Picture(Shape, frozen=True):
    url: Annotated[str, Meta(pattern=PLAIN)]
    detail: Value = None


class PicturePart(Shape, frozen=True, tag="image_url"):
    image_url: Picture
    cache_control: Marker | None = None


class Sound(Shape, frozen=True):
    data: Value = None
    format: Value = None


class SoundPart(Shape, frozen=True, tag="input_audio"):
    input_audio: Sound
    cache_control: Marker | None = None


class Detail(Shape, frozen=True):
    """Of a thought."""

    type: Value = None
    id: Value = None
    format: Value = None
    index: Value = None
    text: Value = None
    summary: Value = None
    signature: Value = None
    data: Value = None


Nothing = Annotated[list[Any], Meta(max_length=0)] | None


class Turn(Shape, frozen=True):
    role: Value = None
    content: str | list[str | TextPart | PicturePart | SoundPart] | None = None
    name: Value = None
    tool_calls: list[Call] | None = None
    tool_call_id: Value = None
    refusal: Value = None
    reasoning_content: Value = None
    reasoning: Value = None
    reasoning_details: list[Detail] | None = None
    annotations: Nothing = None
    audio: None = None
    function_call: Called | None = None
    prefix: Value = None
    cache_control: Marker | None = None


class Function(Shape, frozen=True):
    name: Value = None
    description: Value = None
    parameters: Any = None
    strict: Value = None


class Tool(Shape, frozen=True):
    type: Value = None
    function: Function | None = None
    strict: Value = None
    cache_control: Marker | None = None


class Options(Shape, frozen=True):
    include_usage: Value = None
    include_obfuscation: Value = None


class Thinking(Shape, frozen=True):
    effort: Value = None
    max_tokens: Value = None
    exclude: Value = None
    enabled: Value = None
    type: Value = None
    summary: Value = None


class Usage(Shape, frozen=True):
    include: Value = None


class Request(Shape, frozen=True):
    model: Value = None
    messages: list[Turn] | None = None
    tools: list[Tool] | None = None
    tool_choice: Any = None
    parallel_tool_calls: Value = None
    response_format: Any = None
    stream: Value = None
    stream_options: Options | None = None
    max_tokens: Value = None
    max_completion_tokens: Value = None
    temperature: Value = None
    top_p: Value = None
    top_k: Value = None
    min_p: Value = None
    stop: list[Value] | Value = None
    n: Value = None
    seed: Value = None
    random_seed: Value = None
    presence_penalty: Value = None
    frequency_penalty: Value = None
    repetition_penalty: Value = None
    logit_bias: Any = None
    logprobs: Value = None
    top_logprobs: Value = None
    reasoning_effort: Value = None
    reasoning: Thinking | None = None
    thinking: Thinking | None = None
    include_reasoning: Value = None
    verbosity: Value = None
    modalities: list[Value] | None = None
    service_tier: Value = None
    store: Value = None
    safe_prompt: Value = None
    prompt_cache_key: Value = None
    prompt_cache_retention: Value = None
    metadata: Any = None
    user: Value = None
    safety_identifier: Value = None
    session_id: Value = None
    request_id: Value = None
    user_id: Value = None
    trace_id: Value = None
    functions: list[Function] | None = None
    function_call: str | Called | None = None
    usage: Usage | None = None
    models: list[Value] | None = None
    chat_template_kwargs: Any = None
    guided_json: Any = None
    structured_outputs: Any = None
    enable_thinking: Value = None
    min_tokens: Value = None
    stop_token_ids: list[Value] | None = None
    skip_special_tokens: Value = None
    ignore_eos: Value = None

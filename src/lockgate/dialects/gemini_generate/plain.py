"""The shape of most requests, as Google's own clients spell them: nothing in them names what a provider keeps.

Google AI for Developers, "Generating content". The other spelling, with underscores, is looked at whole.
"""

from typing import Any

import msgspec

from lockgate.core.naming import Shape, Value


class Call(Shape, frozen=True):
    id: Value = None
    name: Value = None
    args: Any = None


class Result(Shape, frozen=True):
    id: Value = None
    name: Value = None
    response: Any = None
    will_continue: Value = msgspec.field(name="willContinue", default=None)
    scheduling: Value = None


class Code(Shape, frozen=True):
    id: Value = None
    language: Value = None
    code: Value = None
    outcome: Value = None
    output: Value = None


class Blob(Shape, frozen=True, rename="camel"):
    mime_type: Value = None
    data: Value = None
    display_name: Value = None


class Part(Shape, frozen=True, rename="camel"):
    text: Value = None
    thought: Value = None
    thought_signature: Value = None
    function_call: Call | None = None
    function_response: Result | None = None
    inline_data: Blob | None = None
    executable_code: Code | None = None
    code_execution_result: Code | None = None


class Turn(Shape, frozen=True):
    role: Value = None
    parts: list[Part] | None = None


class Function(Shape, frozen=True, rename="camel"):
    name: Value = None
    description: Value = None
    parameters: Any = None
    parameters_json_schema: Any = None
    response: Any = None
    behavior: Value = None


class Empty(Shape, frozen=True):
    pass


class Tool(Shape, frozen=True, rename="camel"):
    function_declarations: list[Function] | None = None
    google_search: Empty | None = None
    code_execution: Empty | None = None
    url_context: Empty | None = None


class Thinking(Shape, frozen=True, rename="camel"):
    thinking_budget: Value = None
    thinking_level: Value = None
    include_thoughts: Value = None


class Config(Shape, frozen=True, rename="camel"):
    temperature: Value = None
    top_p: Value = None
    top_k: Value = None
    candidate_count: Value = None
    max_output_tokens: Value = None
    stop_sequences: list[Value] | None = None
    response_mime_type: Value = None
    response_schema: Any = None
    response_json_schema: Any = None
    response_modalities: list[Value] | None = None
    thinking_config: Thinking | None = None
    presence_penalty: Value = None
    frequency_penalty: Value = None
    response_logprobs: Value = None
    logprobs: Value = None
    media_resolution: Value = None
    seed: Value = None


class Calling(Shape, frozen=True, rename="camel"):
    mode: Value = None
    allowed_function_names: list[Value] | None = None


class Tools(Shape, frozen=True, rename="camel"):
    function_calling_config: Calling | None = None


class Setting(Shape, frozen=True):
    category: Value = None
    threshold: Value = None


class Request(Shape, frozen=True, rename="camel"):
    model: Value = None
    contents: list[Turn] | None = None
    system_instruction: Turn | None = None
    tools: list[Tool] | None = None
    tool_config: Tools | None = None
    generation_config: Config | None = None
    safety_settings: list[Setting] | None = None
    labels: Any = None

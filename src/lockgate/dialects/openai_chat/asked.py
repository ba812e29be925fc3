"""A request as it is on the wire, its top level typed. Messages stay trees: their shape depends on the role.

OpenAI API reference, "Create chat completion"; Mistral's `random_seed`; OpenRouter's `reasoning`; DeepSeek's `thinking`.
"""

import re
from typing import Any

import msgspec
from msgspec import Raw, Struct

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.wire import NOTHING, Wire

_AT = re.compile(r" - at `\$\.?(.*)`$")
_INDEX = re.compile(r"\[(\d+)\]")


class Function(Wire, frozen=True):
    name: str
    description: str | None = None
    parameters: Raw = NOTHING
    strict: bool | None = None


class Tool(Wire, frozen=True):
    type: str = "function"
    function: Function | None = None
    cache_control: Any = None


class Schema(Wire, frozen=True):
    name: str | None = None
    description: str | None = None
    schema: Raw = NOTHING
    strict: bool | None = None


class Format(Wire, frozen=True):
    type: str
    json_schema: Schema | None = None


class Reasoning(Wire, frozen=True):
    """OpenRouter's."""

    effort: str | None = None
    max_tokens: int | None = None
    exclude: bool | None = None
    enabled: bool | None = None


class Switch(Wire, frozen=True):
    """DeepSeek's `thinking`: enabled or disabled."""

    type: str = ""


class StreamOptions(Wire, frozen=True):
    include_usage: bool | None = None


class Request(Struct, frozen=True):
    model: str
    messages: list[dict[str, Any]]
    tools: list[Tool] | None = None
    functions: list[Function] | None = None
    tool_choice: Any = None
    function_call: Any = None
    parallel_tool_calls: bool | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    random_seed: int | None = None
    stop: str | list[str] | None = None
    n: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    response_format: Format | None = None
    reasoning_effort: str | None = None
    reasoning: Reasoning | None = None
    thinking: Switch | None = None
    include_reasoning: bool | None = None
    metadata: dict[str, Any] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None


_request = msgspec.json.Decoder(Request)
_top = msgspec.json.Decoder(dict[str, Raw])
_KNOWN = frozenset(Request.__struct_fields__)

# Said, but the same as unsaid: the documented defaults.
_DEFAULTS = {
    "logit_bias": b"{}",
    "service_tier": b'"auto"',
    "store": b"false",
    "modalities": b'["text"]',
    "verbosity": b'"medium"',
    "safe_prompt": b"false",
}


def read(raw: bytes) -> tuple[Request, list[str]]:
    """The request, and the names of top-level fields that the canonical form has no word for."""
    try:
        request = _request.decode(raw)
        top = _top.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, "the body is not a valid JSON object") from error
    return request, [name for name in top if name not in _KNOWN and _matters(name, bytes(top[name]).replace(b" ", b""))]


def _matters(name: str, raw: bytes) -> bool:
    return raw not in (b"null", _DEFAULTS.get(name))


def _invalid(told: str) -> Problem:
    """The decoder tells the place behind the reason: `Expected …, got … - at `$.messages[0]``."""
    hit = _AT.search(told)
    where = _INDEX.sub(r".\1", hit[1]).strip(".") if hit else ""
    reason = told[: hit.start()] if hit else told
    return Problem(Kind.INVALID, f"{where or 'the body'}: {reason}", where=where)

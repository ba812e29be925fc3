"""The format as it is on the wire, in the fields that we read. Answers come from many copies, so almost all may be null.

OpenAI API reference, "Chat Completions": the chat completion object and the chat completion chunk object. Beside them
what the copies add: `reasoning_content` (DeepSeek, xAI, vLLM), `reasoning` (Groq, vLLM), `reasoning_details`
(OpenRouter, "Reasoning tokens"), content in chunks (Mistral, "Reasoning"), `images` (OpenRouter, "Image generation").
"""

from typing import Any

from msgspec import Raw, Struct

from lockgate.core.answer import count

NOTHING = Raw(b"")
NULL = Raw(b"null")
Number = int | float | None


class Wire(Struct, frozen=True, gc=False):
    """What all have in common: they hold no cycles, so the collector need not look at them."""


class Function(Wire, frozen=True):
    """`arguments` is JSON text; some copies give the object itself."""

    name: str | None = None
    arguments: Any = None


class Google(Wire, frozen=True):
    """What Google's own OpenAI-compatible endpoint puts beside a call."""

    thought_signature: str | None = None


class Extra(Wire, frozen=True):
    google: Google | None = None


class Custom(Wire, frozen=True):
    """A call of a tool that takes any text."""

    name: str | None = None
    input: str | None = None


class ToolCall(Wire, frozen=True):
    id: str | None = None
    index: int | None = None
    function: Function | None = None
    custom: Custom | None = None
    extra_content: Extra | None = None


class Address(Wire, frozen=True):
    url: str | None = None


class Piece(Wire, frozen=True):
    """A part of content that is a list. `thinking` is a list of pieces."""

    type: str = ""
    text: str | None = None
    thinking: Any = None
    signature: str | None = None
    image_url: Any = None


class Detail(Wire, frozen=True):
    """One of OpenRouter's `reasoning_details`: reasoning.text, reasoning.summary or reasoning.encrypted."""

    type: str = ""
    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None


class Audio(Wire, frozen=True):
    id: str | None = None
    data: str | None = None
    transcript: str | None = None


class Picture(Wire, frozen=True):
    image_url: Address | None = None


class Said(Wire, frozen=True):
    """The message of an answer, or a delta of it: the fields are the same."""

    content: str | tuple[Piece, ...] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: tuple[Detail, ...] | None = None
    tool_calls: tuple[ToolCall, ...] | None = None
    function_call: Function | None = None
    audio: Audio | None = None
    images: tuple[Picture, ...] | None = None


class Choice(Wire, frozen=True):
    index: int | None = None
    delta: Said | None = None
    message: Said | None = None
    finish_reason: str | None = None
    logprobs: Raw = NOTHING
    stop_reason: Any = None


class InputDetails(Wire, frozen=True):
    cached_tokens: Number = None
    cache_write_tokens: Number = None
    audio_tokens: Number = None
    image_tokens: Number = None
    video_tokens: Number = None


class OutputDetails(Wire, frozen=True):
    reasoning_tokens: Number = None
    audio_tokens: Number = None
    image_tokens: Number = None


class Usage(Wire, frozen=True):
    """`prompt_cache_hit_tokens` is DeepSeek's, `cached_tokens` Moonshot's, `reasoning_tokens` Perplexity's place."""

    prompt_tokens: Number = None
    completion_tokens: Number = None
    total_tokens: Number = None
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None
    prompt_cache_hit_tokens: Number = None
    cached_tokens: Number = None
    reasoning_tokens: Number = None


class Reply(Wire, frozen=True):
    """A whole answer, or a chunk of one."""

    id: str | None = None
    object: str | None = None
    created: Number = None
    model: str | None = None
    choices: tuple[Choice, ...] | None = None
    usage: Usage | None = None
    service_tier: Any = None
    error: Raw = NOTHING


class Counted(Wire, frozen=True):
    """Only the counts of an answer or a chunk, and at which service tier."""

    usage: Usage | None = None
    service_tier: Any = None


number = count
"""A count. What is no sane count is none."""


def present(raw: Raw) -> bool:
    return raw not in (NOTHING, NULL)

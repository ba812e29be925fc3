"""The answers as they are on the wire: the fields we read, of `GenerateContentResponse` in Google's API reference.

Answers come in lower camel case only. Requests may be written in either spelling: see `fields.py`.
"""

import msgspec
from msgspec import Raw, Struct

ABSENT = Raw(b"")


class PartialArg(Struct, frozen=True, gc=False, rename="camel"):
    """A piece of a call's arguments, where the upstream streams them."""

    json_path: str | None = None
    string_value: str | None = None
    number_value: float | int | None = None
    bool_value: bool | None = None
    will_continue: bool | None = None


class FunctionCall(Struct, frozen=True, rename="camel"):
    name: str | None = None
    id: str | None = None
    args: Raw = ABSENT
    partial_args: list[PartialArg] | None = None
    will_continue: bool | None = None


class Blob(Struct, frozen=True, gc=False, rename="camel"):
    mime_type: str | None = None
    data: str | None = None


class FileData(Struct, frozen=True, gc=False, rename="camel"):
    mime_type: str | None = None
    file_uri: str | None = None


class Part(Struct, frozen=True, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    executable_code: Raw = ABSENT
    code_execution_result: Raw = ABSENT
    tool_call: Raw = ABSENT
    tool_response: Raw = ABSENT


class Content(Struct, frozen=True):
    parts: list[Part] | None = None


class Candidate(Struct, frozen=True, rename="camel"):
    content: Content | None = None
    finish_reason: str | None = None
    index: int | None = None
    logprobs_result: Raw = ABSENT
    grounding_metadata: Raw = ABSENT
    citation_metadata: Raw = ABSENT
    url_context_metadata: Raw = ABSENT
    safety_ratings: Raw = ABSENT


class Modality(Struct, frozen=True, gc=False, rename="camel"):
    """How many of the tokens are text, sound, pictures or film."""

    modality: str | None = None
    token_count: int | None = None


class Usage(Struct, frozen=True, gc=False, rename="camel"):
    """Of one answer, up to now. `prompt` includes what was cached; `candidates` leaves out the thoughts."""

    prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    prompt_tokens_details: list[Modality] | None = None
    tool_use_prompt_tokens_details: list[Modality] | None = None
    cache_tokens_details: list[Modality] | None = None
    candidates_tokens_details: list[Modality] | None = None


class Feedback(Struct, frozen=True, gc=False, rename="camel"):
    block_reason: str | None = None


class Response(Struct, frozen=True, rename="camel"):
    """A whole answer, or one chunk of a stream: they have the same form."""

    candidates: list[Candidate] | None = None
    prompt_feedback: Feedback | None = None
    usage_metadata: Usage | None = None
    model_version: str | None = None
    response_id: str | None = None
    create_time: str | None = None
    error: Raw = ABSENT


class Ending(Struct, frozen=True, gc=False, rename="camel"):
    finish_reason: str | None = None
    grounding_metadata: Raw = ABSENT


class Peek(Struct, frozen=True, rename="camel"):
    """What a verbatim stream is looked at for, and nothing else."""

    candidates: list[Ending] | None = None
    prompt_feedback: Feedback | None = None
    usage_metadata: Usage | None = None
    error: Raw = ABSENT


response = msgspec.json.Decoder(Response)
responses = msgspec.json.Decoder(list[Response])
tree = msgspec.json.Decoder()
peek = msgspec.json.Decoder(Peek)
encode = msgspec.json.Encoder().encode


def present(raw: Raw) -> bool:
    """Whether a field was given, and not as null."""
    return bytes(raw) not in (b"", b"null")

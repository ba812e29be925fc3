"""A request as it is on the wire, its top level typed. Items and tools stay trees: their shape depends on their type.

OpenAI API reference, "Create a model response".
"""

import re
from typing import Any

import msgspec
from msgspec import Raw, Struct

from lockgate.core.body import Headed
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import held
from lockgate.dialects.openai_responses.wire import NOTHING, Wire

_AT = re.compile(r" - at `\$\.?(.*)`$")
_INDEX = re.compile(r"\[(\d+)\]")
ENCRYPTED, LOGPROBS = "reasoning.encrypted_content", "message.output_text.logprobs"
"""What a request may want in its answer besides (`include`), and gets."""


class Format(Wire, frozen=True):
    type: str = "text"
    name: str | None = None
    description: str | None = None
    schema: Raw = NOTHING
    strict: bool | None = None


class Text(Wire, frozen=True):
    format: Format | None = None
    verbosity: str | None = None


class Reasoning(Wire, frozen=True):
    effort: str | None = None
    summary: str | None = None
    generate_summary: str | None = None


class Request(Struct, frozen=True):
    model: str
    input: str | list[dict[str, Any]] | None = None
    instructions: str | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_logprobs: int | None = None
    text: Text | None = None
    reasoning: Reasoning | None = None
    include: list[str] | None = None
    metadata: dict[str, Any] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    """Whether lengths are hidden by a filling: here they never are."""


_request = msgspec.json.Decoder(Request)
_top = msgspec.json.Decoder(dict[str, Raw])
_KNOWN = frozenset(Request.__struct_fields__)
_SAME = (b"null", b"false", b"{}", b"[]")
_DEFAULTS = {"service_tier": b'"auto"', "truncation": b'"disabled"'}
"""Said, but the same as unsaid: the documented defaults."""


def read(raw: bytes) -> tuple[Request, list[str]]:
    """The request, and the names of top-level fields that the canonical form has no word for."""
    try:
        request = _request.decode(raw)
        top = _top.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, "the body is not a valid JSON object") from error
    if held.PREVIOUS in top:
        held.refuse(Headed(top))
    unsaid = [name[:64] for name in top if name not in _KNOWN and _matters(name, bytes(top[name]).replace(b" ", b""))]
    if request.text is not None and request.text.verbosity not in (None, "medium"):
        unsaid.append("text.verbosity")
    unsaid += [f"include ({name[:40]})" for name in request.include or () if name not in (ENCRYPTED, LOGPROBS)]
    return request, unsaid


def _matters(name: str, raw: bytes) -> bool:
    return raw not in (*_SAME, _DEFAULTS.get(name))


def _invalid(told: str) -> Problem:
    """The decoder tells the place behind the reason: `Expected …, got … - at `$.input[0]``."""
    hit = _AT.search(told)
    where = _INDEX.sub(r".\1", hit[1]).strip(".") if hit else ""
    reason = told[: hit.start()] if hit else told
    return Problem(Kind.INVALID, f"{where or 'the body'}: {reason}", where=where)

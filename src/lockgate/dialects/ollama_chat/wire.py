"""Answers as they are on the wire: a whole one, and a line of a stream, are the same document.

Ollama API reference, "Generate a chat message"; ids of calls as the server gives them since 0.12.10.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import problem


class Function(Struct, frozen=True, gc=False):
    """`arguments` is an object; text of one is taken too, for servers that copy the format."""

    name: str | None = None
    arguments: Any = None


class ToolCall(Struct, frozen=True, gc=False):
    id: str | None = None
    function: Function | None = None


class Said(Struct, frozen=True, gc=False):
    content: str | None = None
    thinking: str | None = None
    images: list[str] | None = None
    tool_calls: list[ToolCall] | None = None


class Reply(Struct, frozen=True, gc=False):
    model: str | None = None
    created_at: str | None = None
    message: Said | None = None
    done: bool | None = None
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    logprobs: Raw = Raw(b"")
    error: Any = None


_reply = msgspec.json.Decoder(Reply)


def read(raw: bytes) -> Reply:
    """Raises what the upstream says in an error, or `Problem(BAD_UPSTREAM)` for what is no answer."""
    try:
        reply = _reply.decode(raw.removeprefix(problem.BOM))
    except (ValueError, RecursionError):
        raise nonsense() from None
    if reply.error:
        raise problem.read(0, raw)
    return reply


def nonsense() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream sent what is not a chat answer", source="upstream")

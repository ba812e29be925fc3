"""Answers as they are on the wire: a whole one, and a chunk of a stream, have the same form. OpenAI API reference, "Completions"."""

import msgspec
from msgspec import Raw

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.wire import NOTHING, Number, Usage, Wire, number, present
from lockgate.dialects.openai_completions import problem

__all__ = ["Choice", "Reply", "Usage", "number", "present", "read"]


class Choice(Wire, frozen=True):
    index: int | None = None
    text: str | None = None
    finish_reason: str | None = None
    logprobs: Raw = NOTHING


class Reply(Wire, frozen=True):
    id: str | None = None
    object: str | None = None
    created: Number = None
    model: str | None = None
    choices: tuple[Choice, ...] | None = None
    usage: Usage | None = None
    error: Raw = NOTHING


_reply = msgspec.json.Decoder(Reply)


def read(raw: bytes) -> Reply:
    """Raises what the upstream says in an error, or `Problem(BAD_UPSTREAM)` for what is no answer."""
    try:
        reply = _reply.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a completion", source="upstream") from error
    if present(reply.error):
        raise problem.read(0, raw)
    return reply

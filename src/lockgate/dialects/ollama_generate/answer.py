"""Whole answers: wire to canonical and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice
from lockgate.core.chat import Block, Text, Thinking
from lockgate.core.dialect import Ask, Encoded
from lockgate.dialects.ollama_chat import dates, logprobs
from lockgate.dialects.ollama_chat.answer import counted, finish, said, written
from lockgate.dialects.ollama_chat.losses import Losses
from lockgate.dialects.ollama_generate import problem, wire

_tree = msgspec.json.Decoder(dict[str, Any])
_MEASURED = {"total_duration", "load_duration", "prompt_eval_duration", "eval_duration"}
_KNOWN = {*wire.Reply.__struct_fields__, *_MEASURED, "remote_model", "remote_host"}


def decode(raw: bytes, ask: Ask) -> Answer:
    """Raises `Problem(BAD_UPSTREAM)` for nonsense, and the upstream's own error where the body holds one."""
    reply = wire.read(raw)
    if reply.response is None and reply.done is None:
        raise wire.nonsense()
    blocks: tuple[Block, ...] = (Thinking(reply.thinking),) if reply.thinking else ()
    if reply.response:
        blocks += (Text(reply.response),)
    choice = Choice(blocks, finish(reply.done_reason, called=False), logprobs=Raw(logprobs.decode(reply.logprobs)))
    return Answer(
        id="",
        model=reply.model or ask.model,
        choices=(choice,),
        usage=counted(reply),
        created=dates.seconds(reply.created_at),
        unsaid=tuple(_unsaid(raw)),
    )


def _unsaid(raw: bytes) -> Iterator[str]:
    """What an answer holds that the canonical form has no word for."""
    try:
        tree = _tree.decode(raw.removeprefix(problem.BOM))
    except (ValueError, RecursionError):  # the typed decoder does not look into what it skips
        raise wire.nonsense() from None
    yield from (key[:64] for key in tree if key not in _KNOWN and tree[key])


def encode(answer: Answer, ask: Ask) -> Encoded:
    """As an answer of a chat, but for where the words stand."""
    return written(answer, ask, _said)


def _said(blocks: Sequence[Block], lost: Losses) -> dict[str, Any]:
    """Text and thoughts; there is no room for anything else."""
    message = said(blocks, lost)
    lost.add("tool calls", "tool_calls" in message)
    thought = {"thinking": message["thinking"]} if "thinking" in message else {}
    return {"response": message["content"], **thought}

"""Whole answers: wire to canonical and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking
from lockgate.core.dialect import Ask, Encoded
from lockgate.dialects.ollama_chat import dates, logprobs, outgoing_turns
from lockgate.dialects.ollama_chat.answer import REASON, finish, name_counts
from lockgate.dialects.ollama_chat.losses import Losses
from lockgate.dialects.ollama_generate import problem, wire

_encode = msgspec.json.Encoder().encode
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
        usage=wire.counted(reply),
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
    """The first choice: Ollama has no other."""
    lost = Losses()
    lost.add("n above 1", len(answer.choices) > 1)
    choice = answer.choices[0] if answer.choices else Choice(())
    reply: dict[str, Any] = {
        "model": answer.model or ask.model,
        "created_at": dates.written(answer.created or ask.created),
        **said(choice.blocks, lost),
        "done": True,
        "done_reason": REASON[choice.finish],
        "prompt_eval_count": answer.usage.input,
        "eval_count": answer.usage.output,
    }
    if bytes(choice.logprobs) and (tokens := logprobs.encode(choice.logprobs, lost)):
        reply["logprobs"] = tokens
    lost.add("stop sequence", choice.stop)
    name_counts(answer.usage, lost)
    return Encoded(_encode(reply), lost.all())


def said(blocks: Sequence[Block], lost: Losses) -> dict[str, str]:
    """Text and thoughts; there is no room for anything else."""
    lost.add("refusal mark", any(isinstance(block, Refusal) for block in blocks))
    for media in (block for block in blocks if isinstance(block, Media)):
        lost.add(f"{media.kind} in answers")
    message = outgoing_turns.said("assistant", [block for block in blocks if not isinstance(block, Media)], lost)
    lost.add("tool calls", "tool_calls" in message)
    thought = {"thinking": message["thinking"]} if "thinking" in message else {}
    return {"response": message["content"], **thought}

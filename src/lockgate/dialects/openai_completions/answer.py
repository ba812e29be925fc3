"""Whole answers: wire to canonical and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import answer as chat_answer
from lockgate.dialects.openai_chat import usage
from lockgate.dialects.openai_chat.outgoing_turns import Losses
from lockgate.dialects.openai_completions import wire

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode
FINISH = chat_answer.FINISH
REASON: dict[Finish, str] = {**chat_answer.REASON, "tool_use": "stop"}
"""There are no calls here."""
_KNOWN = {*wire.Reply.__struct_fields__, "system_fingerprint", "service_tier"}


def decode(raw: bytes, ask: Ask) -> Answer:
    """Raises `Problem(BAD_UPSTREAM)` for nonsense, and the upstream's own error where the body holds one."""
    reply = wire.read(raw)
    if not reply.choices:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer has no choices", source="upstream")
    ordered = sorted(reply.choices, key=lambda choice: choice.index or 0)
    return Answer(
        id=reply.id or "",
        model=reply.model or ask.model,
        choices=tuple(map(_choice, ordered)),
        usage=usage.decode(reply.usage) if reply.usage else Usage(),
        created=wire.number(reply.created),
        unsaid=tuple(_unsaid(raw, reply)),
    )


def _choice(choice: wire.Choice) -> Choice:
    finish = FINISH.get(choice.finish_reason or "stop", "stop")
    return Choice((Text(choice.text),) if choice.text else (), finish)


def _unsaid(raw: bytes, reply: wire.Reply) -> Iterator[str]:
    """What an answer holds that the canonical form has no word for."""
    try:
        tree = _tree.decode(raw)
    except (ValueError, RecursionError) as error:  # the typed decoder does not look into what it skips
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a completion", source="upstream") from error
    yield from (key[:64] for key in tree if key not in _KNOWN and tree[key])
    if any(wire.present(choice.logprobs) for choice in reply.choices or ()):
        yield "logprobs"


def encode(answer: Answer, ask: Ask) -> Encoded:
    lost = Losses()
    wire_ = {
        "id": answer.id or f"cmpl-{ask.request_id}",
        "object": "text_completion",
        "created": answer.created or ask.created,
        "model": answer.model or ask.model,
        "choices": [_encoded(choice, index, lost) for index, choice in enumerate(answer.choices)],
        "usage": usage.encode(answer.usage),
    }
    return Encoded(_encode(wire_), lost.all())


def _encoded(choice: Choice, index: int, lost: Losses) -> dict[str, Any]:
    if choice.stop:
        lost.add("stop sequence")
    if bytes(choice.logprobs):
        lost.add("logprobs")
    text = _text(choice.blocks, lost)
    return {"text": text, "index": index, "logprobs": None, "finish_reason": REASON[choice.finish]}


def _text(blocks: Sequence[Block], lost: Losses) -> str:
    """A refusal is text here; there is no room for anything else."""
    texts = []
    for block in blocks:
        match block:
            case Text(text=text):
                texts.append(text)
            case Refusal(text=text):
                texts.append(text)
                lost.add("refusal mark")
            case Thinking():
                lost.add("thinking")
            case ToolCall():
                lost.add("tool calls")
            case Media(kind=kind):
                lost.add(f"{kind} in answers")
    return "".join(texts)

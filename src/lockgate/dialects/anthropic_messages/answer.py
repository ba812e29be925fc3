"""Whole answers, both ways. API reference, "Create a Message"; page "Handling stop reasons"."""

import msgspec

from lockgate.core import seals
from lockgate.core.answer import Answer, Choice, Finish
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import problem, runs, usage, wire
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.write_blocks import Part, arguments, call_id

_message = msgspec.json.Decoder(wire.Message)
_encode = msgspec.json.Encoder().encode

FINISH: dict[str, Finish] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    # The upstream's own tools paused: there is more to come, which only this dialect can ask for.
    "pause_turn": "length",
    "tool_use": "tool_use",
    "refusal": "filtered",
}
"""Every other reason, `end_turn` and `stop_sequence` among them, is a stop."""
REASON = {"length": "max_tokens", "tool_use": "tool_use", "filtered": "refusal"}


def decode(raw: bytes, ask: Ask) -> Answer:
    try:
        message = _message.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a message", source="upstream") from error
    if message.error is not None:
        raise problem.upstream(message.error)
    if message.content is None:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer has no content", source="upstream")
    notes = Notes()
    blocks = [block for i, part in enumerate(message.content) if (block := _block(part, i, ask, notes)) is not None]
    if message.stop_details is not None and message.stop_details.explanation:
        blocks.append(Refusal(message.stop_details.explanation))
    finish, stop = finished(message.stop_reason, message.stop_sequence)
    return Answer(
        id=message.id or f"msg_{ask.request_id}",
        model=message.model or ask.model,
        choices=(Choice(tuple(blocks), finish, stop),),
        usage=usage.read(message.usage),
        runs=tuple(runs.name(part) for part in message.content if part.type != "tool_use" and runs.is_call(part.type)),
        unsaid=notes.names(),
    )


def finished(reason: str | None, sequence: str | None) -> tuple[Finish, str]:
    """Why it ended, and at which stop sequence."""
    return FINISH.get(reason or "", "stop"), (sequence or "") if reason == "stop_sequence" else ""


def reason(finish: Finish, stop: str, *, called: bool, notes: Notes) -> tuple[str, str | None]:
    """`stop_reason` and `stop_sequence`. Calls that end with a plain stop elsewhere end with `tool_use` here."""
    if finish == "error":
        notes.add("finish reason error")
    if finish in ("stop", "error"):
        if stop:
            return "stop_sequence", stop
        return ("tool_use" if called else "end_turn"), None
    return REASON[finish], None


def encode(answer: Answer, ask: Ask) -> Encoded:
    notes = Notes()
    choice = answer.choices[0] if answer.choices else Choice(())
    if len(answer.choices) > 1:
        notes.add("n above 1")
    if bytes(choice.logprobs):
        notes.add("logprobs")
    parts = [part for i, block in enumerate(choice.blocks) if (part := _part(block, i, ask, notes)) is not None]
    refusal = "".join(block.text for block in choice.blocks if isinstance(block, Refusal))
    called = any(isinstance(block, ToolCall) for block in choice.blocks)
    finish: Finish = "filtered" if refusal else choice.finish
    stop_reason, stop_sequence = reason(finish, choice.stop, called=called, notes=notes)
    message: Part = {
        "id": answer.id or f"msg_{ask.request_id}",
        "type": "message",
        "role": "assistant",
        "model": answer.model or ask.model,
        "content": parts,
        "stop_reason": stop_reason,
        "stop_sequence": stop_sequence,
        "usage": usage.written(answer.usage),
    }
    if refusal:
        message["stop_details"] = refused(refusal)
    return Encoded(_encode(message), notes.names())


def refused(text: str) -> Part:
    """`stop_details`: where this dialect says why the model declined."""
    return {"type": "refusal", "category": None, "explanation": text}


def given(block: wire.Block) -> str:
    """A call's arguments as JSON text. What is kept raw was not checked to be UTF-8 when it was decoded."""
    try:
        text = bytes(block.input).decode()
    except UnicodeDecodeError as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's arguments are not UTF-8", source="upstream") from error
    return "{}" if text in ("", "null") else text


def minted(ask: Ask, number: int) -> str:
    """An id for a call that came without one."""
    return call_id(f"toolu_{ask.seed}_{number}")


def _block(part: wire.Block, index: int, ask: Ask, notes: Notes) -> Block | None:
    match part.type:
        case "text":
            if bytes(part.citations) not in (b"", b"null", b"[]"):
                notes.add("citations")
            return Text(part.text or "")
        case "thinking":
            return Thinking(part.thinking or "", part.signature or "")
        case "redacted_thinking":
            return Thinking(redacted=part.data or "")
        case "tool_use":
            return ToolCall(part.id or minted(ask, index), part.name or "", given(part))
        case other:
            notes.add(f"content ({other})")
            return None


def _part(block: Block, index: int, ask: Ask, notes: Notes) -> Part | None:
    match block:
        case Text(text):
            return {"type": "text", "text": text} if text else None
        case Thinking(redacted=redacted) if redacted:
            return {"type": "redacted_thinking", "data": redacted}
        case Thinking(text, signature):
            return {"type": "thinking", "thinking": text, "signature": signature or seals.NOBODY}
        case ToolCall():
            if block.signature:
                notes.add("thought signatures")
            made = block.id or minted(ask, index)
            return {"type": "tool_use", "id": made, "name": block.name, "input": arguments(block.arguments, notes)}
        case Media(kind=kind):
            notes.add(f"{kind} in the answer")
        case _:
            pass
    return None

"""Canonical blocks to the wire, by what the API takes from each role.

Texts without a visible character are refused by the API and left out. Thinking without a signature cannot be proved
to be Claude's own, and is left out by name.
"""

import re

import msgspec
from msgspec import Raw

from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.anthropic_messages import media
from lockgate.dialects.anthropic_messages.notes import Notes

Part = dict[str, object]

_object = msgspec.json.Decoder(dict[str, Raw])
_FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")


def system(block: Block, notes: Notes) -> Part | None:
    if isinstance(block, Text):
        return _text(block.text, block.cache)
    notes.add(f"{type(block).__name__.lower()} in system messages")
    return None


def user(block: Block, notes: Notes) -> Part | None:
    if isinstance(block, Text):  # nearly all of them
        return _text(block.text, block.cache)
    match block:
        case Media():
            return _marked(media.written(block, notes), block.cache)
        case ToolResult():
            return _tool_result(block, notes)
        case _:
            notes.add(f"{type(block).__name__.lower()} in user messages")
            return None


def assistant(block: Block, notes: Notes) -> Part | None:
    if isinstance(block, Text):
        return _text(block.text, block.cache)
    match block:
        case Refusal():
            return _text(block.text, "")
        case Thinking(redacted=redacted) if redacted:
            return {"type": "redacted_thinking", "data": redacted}
        case Thinking(signature=signature) if signature:
            return {"type": "thinking", "thinking": block.text, "signature": signature}
        case ToolCall():
            return _tool_use(block, notes)
        case Thinking():
            notes.add("unsigned thinking")
        case Media(kind=kind):
            notes.add(f"{kind} in assistant messages")
        case _:
            notes.add(f"{type(block).__name__.lower()} in assistant messages")
    return None


def arguments(text: str, notes: Notes) -> Raw:
    """A call's `input`, which has to be an object."""
    if not text.strip():
        return Raw(b"{}")
    try:
        _object.decode(text)
    except (ValueError, RecursionError):
        notes.add("arguments that are not a JSON object")
        return Raw(msgspec.json.encode({"arguments": text}))
    return Raw(text.encode())


def call_id(given: str) -> str:
    """Ids of other makers may have characters that this API refuses; call and result change alike."""
    return _FOREIGN.sub("_", given) or "toolu_0"


def marker(cache: str) -> Part:
    return {"type": "ephemeral"} if cache == "5m" else {"type": "ephemeral", "ttl": cache}


def _text(text: str, cache: str) -> Part | None:
    return _marked({"type": "text", "text": text}, cache) if text.strip() else None


def _marked(part: Part | None, cache: str) -> Part | None:
    if part is not None and cache:
        part["cache_control"] = marker(cache)
    return part


def _tool_use(call: ToolCall, notes: Notes) -> Part | None:
    if call.signature:
        notes.add("thought signatures")
    part: Part = {
        "type": "tool_use",
        "id": call_id(call.id),
        "name": call.name,
        "input": arguments(call.arguments, notes),
    }
    return _marked(part, call.cache)


def _tool_result(result: ToolResult, notes: Notes) -> Part | None:
    part: Part = {"type": "tool_result", "tool_use_id": call_id(result.call_id)}
    inner = [found for block in result.content if (found := user(block, notes)) is not None]
    match inner:
        case []:
            pass
        case [{"type": "text", "text": text, **more}] if not more:
            part["content"] = text
        case _:
            part["content"] = inner
    if result.error:
        part["is_error"] = True
    return _marked(part, result.cache)

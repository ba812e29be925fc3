"""The turns of a conversation: messages to `contents` and `systemInstruction`."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from lockgate.core import seals
from lockgate.core.chat import Block, Media, Message, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.gemini_generate import media, wire
from lockgate.dialects.gemini_generate.versions import is_modern

UNSIGNED = "skip_thought_signature_validator"
"""Google's documented signature for calls that another model made (Thought signatures, FAQs).

Gemini 3 refuses a call without one; no other dialect has a place for the true one.
"""

Part = dict[str, Any]


class Turns:
    """Builds the turns, one message after another. Neighbours of one role become one turn, as the API demands."""

    __slots__ = ("_lost", "_modern", "_names", "contents", "system")

    def __init__(self, model: str, lost: list[str]) -> None:
        self.contents: list[dict[str, Any]] = []
        self.system: list[Part] = []
        self._modern = is_modern(model)
        self._names: dict[str, str] = {}
        self._lost = lost

    def add(self, message: Message) -> None:
        if message.name:
            self._lost.append("names of speakers")
        parts = [part for block in message.blocks for part in self._parts(block)]
        if message.role in ("system", "developer"):
            if self.contents:
                self._lost.append("the place of system messages")
            self.system.extend(parts)
        elif parts:
            self._turn("model" if message.role == "assistant" else "user", parts)

    def close(self) -> None:
        if not self.contents and self.system:
            # The API wants a turn to answer to.
            self._lost.append("the role of the only message")
            self.contents, self.system = [{"role": "user", "parts": self.system}], []
        if self._modern:
            for turn in self.contents:
                _sign(turn["parts"])

    def _turn(self, role: str, parts: list[Part]) -> None:
        if self.contents and self.contents[-1]["role"] == role:
            self.contents[-1]["parts"].extend(parts)
        else:
            self.contents.append({"role": role, "parts": parts})

    def _parts(self, block: Block) -> list[Part]:
        if getattr(block, "cache", ""):
            self._lost.append("cache markers")
        match block:
            case Text(text):
                return [{"text": text}] if text else []
            case Refusal(text):
                self._lost.append("refusal mark")
                return [{"text": text}]
            case Thinking():
                return self._thinking(block)
            case ToolCall():
                self._names[block.id] = block.name
                return [call(block, self._lost)]
            case ToolResult():
                return self._result(block)
            case Media():
                part = media.part(block, self._lost)
                return [part] if part else []

    def _thinking(self, block: Thinking) -> list[Part]:
        if block.redacted:
            self._lost.append("redacted thinking")
        return thinking(block)

    def _result(self, block: ToolResult) -> list[Part]:
        name = block.name or self._names.get(block.call_id) or block.call_id
        texts = [item.text for item in block.content if isinstance(item, Text)]
        if any(item.cache for item in block.content):
            self._lost.append("cache markers")
        seen = [media.part(item, self._lost) for item in block.content if isinstance(item, Media)]
        answer: Part = {"id": block.call_id, "name": name, "response": _response("\n".join(texts), error=block.error)}
        response: Part = {"functionResponse": answer}
        shown = [part for part in seen if part]
        if self._modern and shown:
            answer["parts"] = shown
            return [response]
        return [response, *shown]


def thinking(block: Thinking) -> list[Part]:
    """A signature without a thought stands on a part without text, as Google sends it."""
    signed = {"thoughtSignature": block.signature} if block.signature else {}
    if block.text:
        return [{"text": block.text, "thought": True, **signed}]
    return [{"text": "", **signed}] if signed else []


def signed(calls: Sequence[ToolCall]) -> Iterator[ToolCall]:
    """Of parallel calls the first carries a signature. Where nobody signed it, that is marked: the API would refuse it later."""
    unsigned = not any(call.signature for call in calls)
    for i, each in enumerate(calls):
        yield replace(each, signature=seals.NOBODY) if unsigned and not i else each


def call(block: ToolCall, lost: list[str]) -> Part:
    try:
        args = wire.tree.decode(block.arguments or "{}")
    except (ValueError, RecursionError):
        args = None
    if not isinstance(args, dict):
        lost.append("tool arguments that are not an object")
        args = {"arguments": block.arguments}
    part: Part = {"functionCall": {"id": block.id, "name": block.name, "args": args}}
    if block.signature:
        part["thoughtSignature"] = block.signature
    return part


def _response(text: str, *, error: bool) -> dict[str, Any]:
    """An object that a tool gave is the response itself, unless its own keys would be taken for ours."""
    if error:
        return {"error": text}
    try:
        tree = wire.tree.decode(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict) and not tree.keys() & {"output", "error"}:
        return tree
    return {"output": tree if isinstance(tree, dict) else text}


def _sign(parts: list[Part]) -> None:
    """Only the first of parallel calls carries a signature."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None:
        first.setdefault("thoughtSignature", UNSIGNED)

"""Items of a request's input, to turns of the canonical chat.

What a model said and called, item after item, is one turn; so are the results that follow each other.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lockgate.core.chat import Block, Media, Message, Role, Text, ToolCall, ToolResult
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.parts import text_at, wrong
from lockgate.dialects.openai_responses import names, sealed
from lockgate.dialects.openai_responses.parts import Part, blocks, kind_of

_encode = msgspec.json.Encoder().encode
_ROLES: dict[str, Role] = {"system": "system", "developer": "developer", "user": "user", "assistant": "assistant"}
_SHARED = {"type", "id", "status"}
_CALL = _SHARED | {"call_id", "name", "namespace"}
_KNOWN = {
    "message": _SHARED | {"role", "content", "phase"},
    "reasoning": _SHARED | {"summary", "content", "encrypted_content"},
    "function_call": _CALL | {"arguments"},
    "custom_tool_call": _CALL | {"input"},
    "function_call_output": _CALL | {"output"},
    "custom_tool_call_output": _CALL | {"output"},
}
_KEPT_ELSEWHERE = "refers to what OpenAI keeps; send the whole item: nothing of before is kept here"


class Turns:
    """Reads items in order. `tools`: those that came in the input, with their places."""

    __slots__ = ("_names", "_results", "_said", "_signature", "messages", "tools", "unsaid")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.tools: list[tuple[str, Any]] = []
        self.unsaid: list[str] = []
        self._said: list[Block] = []
        self._results: list[Block] = []
        self._names: dict[str, str] = {}
        self._signature = ""

    def read(self, nodes: Sequence[Part]) -> tuple[Message, ...]:
        for i, node in enumerate(nodes):
            self._read(node, f"input.{i}")
        self._flush()
        return tuple(self.messages)

    def _read(self, node: Part, where: str) -> None:
        kind = kind_of(node) or ("message" if "role" in node else "item_reference")
        reader = _READERS.get(kind)
        if reader is None:
            self._other(kind, node, where)
            return
        reader(self, node, where)
        unsaid = (key for key in node if key not in _KNOWN[kind] and node[key])
        self.unsaid.extend(f"{where}.{key[:64]}" for key in unsaid)

    def _other(self, kind: str, node: Part, where: str) -> None:
        if kind in ("item_reference", "compaction_trigger"):
            raise Problem(Kind.INVALID, f"{where} ({kind}) {_KEPT_ELSEWHERE}", where=where)
        if kind == "additional_tools" and isinstance(node.get("tools"), list):
            self.tools += [(f"{where}.tools.{i}", tool) for i, tool in enumerate(node["tools"])]
        else:
            self.unsaid.append(f"{where} ({kind})")

    def _flush(self) -> None:
        for role, found in (("assistant", self._said), ("user", self._results)):
            if found:
                self.messages.append(Message(_ROLES[role], tuple(found)))
        self._said, self._results = [], []

    def _says(self) -> list[Block]:
        """What the model says next goes with what it said before, unless it heard something between."""
        if self._results:
            self._flush()
        return self._said

    def message(self, node: Part, where: str) -> None:
        role = node.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            raise wrong(f"{where}.role", "one of system, developer, user, assistant")
        if "content" not in node:
            raise wrong(f"{where}.content", "given")
        found = blocks(node["content"], f"{where}.content", self.unsaid)
        if role == "assistant":
            self._says().extend(found)
        else:
            self._flush()
            self.messages.append(Message(_ROLES[role], tuple(found)))

    def reasoning(self, node: Part, where: str) -> None:
        """What was thought, or else a summary of it."""
        told = [_joined(node.get(key), f"{where}.{key}") for key in ("content", "summary")]
        seal = text_at(node, "encrypted_content", where)
        if seal.startswith(sealed.OF_CALL):
            self._signature, seal = seal.removeprefix(sealed.OF_CALL), ""
        if (block := sealed.thinking(told[0] or told[1], seal)) is not None:
            self._says().append(block)

    def call(self, node: Part, where: str) -> None:
        name = text_at(node, "name", where)
        if not name:
            raise wrong(f"{where}.name", "a name")
        if node["type"] == "custom_tool_call":
            arguments = _encode({"input": text_at(node, "input", where)}).decode()
        else:
            arguments = text_at(node, "arguments", where)
        id_ = text_at(node, "call_id", where)
        self._names[id_] = name = names.joined(text_at(node, "namespace", where), name)
        self._says().append(ToolCall(id_, name, arguments, self._signature))
        self._signature = ""

    def result(self, node: Part, where: str) -> None:
        id_ = text_at(node, "call_id", where)
        found = blocks(node.get("output"), f"{where}.output", self.unsaid)
        content = tuple(block for block in found if isinstance(block, Text | Media))
        if len(content) < len(found):
            self.unsaid.append(f"{where}.output (refusal)")
        if self._said:
            self._flush()
        self._results.append(ToolResult(id_, content, self._names.get(id_, "")))


def _joined(parts: Any, where: str) -> str:
    if parts is None:
        return ""
    if not isinstance(parts, list):
        raise wrong(where, "an array of parts")
    texts = [text_at(part, "text", where) for part in parts if isinstance(part, dict)]
    return sealed.BETWEEN.join(text for text in texts if text)


_READERS: dict[str, Callable[[Turns, Part, str], None]] = {
    "message": Turns.message,
    "reasoning": Turns.reasoning,
    "function_call": Turns.call,
    "custom_tool_call": Turns.call,
    "function_call_output": Turns.result,
    "custom_tool_call_output": Turns.result,
}

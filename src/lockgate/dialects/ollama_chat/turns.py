"""Messages of a request, wire to canonical. Calls may have no identity here: results are matched by name and order."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from lockgate.core.chat import Block, Media, Message, Role, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.ollama_chat import fields
from lockgate.dialects.ollama_chat.fields import Node, wrong

_encode = msgspec.json.Encoder().encode

_ROLES: dict[str, Role] = {"system": "system", "developer": "developer", "user": "user", "assistant": "assistant"}
_SHARED = frozenset({"role", "content", "images"})
_KNOWN = {
    "assistant": _SHARED | {"thinking", "tool_calls"},
    "tool": _SHARED | {"tool_name", "tool_call_id"},
}
_CALL = frozenset({"id", "type", "function"})
_FUNCTION = frozenset({"name", "arguments", "index"})
_DATA = re.compile(r"data:([\w.+/-]*);base64,")
_SIGNS = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}


class Turns:
    """Reads messages in order. Ids that are not given are made, unique in the conversation and the same each time."""

    __slots__ = ("_given", "_made", "_open", "_results", "messages", "unsaid")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.unsaid: list[str] = []
        self._given: set[str] = set()
        self._made = 0
        self._open: list[ToolCall] = []
        self._results: list[Block] = []

    def read(self, nodes: Sequence[Node]) -> tuple[Message, ...]:
        self._given = {id_ for node in nodes for id_ in _ids(node)}
        for i, node in enumerate(nodes):
            self._read(node, f"messages.{i}")
        self._flush()
        return tuple(self.messages)

    def _read(self, node: Node, where: str) -> None:
        role = node.get("role")
        if role == "tool":
            self._results.append(self._result(node, where))
        elif isinstance(role, str) and role in _ROLES:
            self._flush()
            self.messages.append(Message(_ROLES[role], tuple(self._blocks(node, role, where))))
        else:
            raise wrong(f"{where}.role", "one of system, user, assistant, tool")
        self.unsaid += fields.unknown(node, _KNOWN.get(role, _SHARED), where)

    def _flush(self) -> None:
        """Results that follow each other are one turn: the answers to the calls of one message."""
        if self._results:
            self.messages.append(Message("user", tuple(self._results)))
            self._results = []

    def _blocks(self, node: Node, role: str, where: str) -> Iterator[Block]:
        if role == "assistant" and (thought := fields.text(node, "thinking", where)):
            yield Thinking(thought)
        yield from _said(node, where)
        if role == "assistant":
            self._open = []
            yield from self._calls(node, where)

    def _calls(self, node: Node, where: str) -> Iterator[ToolCall]:
        for i, call in enumerate(fields.objects(node, "tool_calls", where)):
            here = f"{where}.tool_calls.{i}"
            function = fields.mapping(call, "function", here)
            name = fields.text(function, "name", f"{here}.function")
            if not name:
                raise wrong(f"{here}.function.name", "the name of a function")
            arguments = fields.mapping(function, "arguments", f"{here}.function")
            self.unsaid += fields.unknown(call, _CALL, here)
            self.unsaid += fields.unknown(function, _FUNCTION, f"{here}.function")
            made = ToolCall(fields.text(call, "id", here) or self._id(), name, _encode(arguments).decode())
            self._open.append(made)
            yield made

    def _result(self, node: Node, where: str) -> ToolResult:
        id_, name = fields.text(node, "tool_call_id", where), fields.text(node, "tool_name", where)
        call = self._called(id_, name)
        if call:
            self._open.remove(call)
            id_, name = call.id, name or call.name
        return ToolResult(id_ or self._id(), tuple(_said(node, where)), name)

    def _called(self, id_: str, name: str) -> ToolCall | None:
        """The call that a result answers: by id, or the first unanswered one of that name, or the first of all."""
        if id_:
            return next((call for call in self._open if call.id == id_), None)
        named = (call for call in self._open if call.name == name)
        return next(named, self._open[0] if self._open and not name else None)

    def _id(self) -> str:
        self._made += 1
        while f"call_{self._made}" in self._given:
            self._made += 1
        return f"call_{self._made}"


def _ids(node: Node) -> Iterator[str]:
    calls = node.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict) and isinstance(call.get("id"), str):
            yield call["id"]


def _said(node: Node, where: str) -> Iterator[Text | Media]:
    if said := fields.text(node, "content", where):
        yield Text(said)
    for image in fields.strings(node, "images", where):
        yield picture(image)


def picture(data: str) -> Media:
    """Base64 of an image. Its first bytes tell what it is, for dialects that must say so."""
    if hit := _DATA.match(data):
        return Media("image", hit[1], data[hit.end() :])
    return Media("image", next((mime for sign, mime in _SIGNS.items() if data.startswith(sign)), ""), data)

"""Where the text is: every string of a request or an answer, but for the words of the protocol itself."""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import apart, walk

_ROLES: dict[str, Place] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool_result",
}
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+=*\s*")

# Words of the protocol: by their whole path, with * for an index. Nothing else is left out.
_WORDS = {("model",), ("created_at",), ("done_reason",)}
_MESSAGE_WORDS = {("tool_call_id",), ("tool_calls", "*", "id")}
# And these by what they say: another text in their place is somebody's.
_TYPE = {"function"}

_APART = frozenset(("logprobs",))
"""They say a text again, token by token."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Never raises, whatever the tree is. Left out are words, and base64 where an image is."""
    roles = _roles(tree)
    for slot in walk(tree, lambda path: _place(path, roles)):
        if not _said_by_no_one(slot):
            yield slot


def joined(tree: Tree) -> Iterator[Slot]:
    return apart(slots(tree), _APART)


def _said_by_no_one(slot: Slot) -> bool:
    if slot.path[-2:-1] == ("images",):
        return slot.place == "opaque" and _BASE64.fullmatch(slot.text) is not None
    match slot.path:
        case ("messages", int(), "role") | ("message", "role"):
            return slot.text in _ROLES
        case ("tools", int(), "type") | ("messages", int(), "tool_calls", int(), "type"):
            return slot.text in _TYPE
    return False


def _roles(tree: Any) -> list[Place]:
    messages = tree.get("messages") if isinstance(tree, dict) else None
    return [_role(node) for node in messages] if isinstance(messages, list) else []


def _role(node: Any) -> Place:
    role = node.get("role") if isinstance(node, dict) else None
    return _ROLES.get(role, "opaque") if isinstance(role, str) else "opaque"


def _place(path: Path, roles: list[Place]) -> Place | None:
    head = path[0] if path else None
    if head == "messages" and len(path) > 2 and isinstance(path[1], int):
        return _said(path[2:], roles[path[1]])
    if head == "message" and len(path) > 1:
        return _said(path[1:], "assistant")
    if _starred(path) in _WORDS:
        return None
    return "tool" if head == "tools" else "opaque"


def _said(path: Path, role: Place) -> Place | None:
    if _starred(path) in _MESSAGE_WORDS:
        return None
    if path == ("content",):
        return role
    if path == ("thinking",):
        return "thinking"
    return "tool_arguments" if path[0] == "tool_calls" and "arguments" in path else "opaque"


def _starred(path: Path) -> tuple[str, ...]:
    return tuple("*" if isinstance(part, int) else part for part in path)

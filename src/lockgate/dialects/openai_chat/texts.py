"""Where the text is: every string of a request or an answer, but for the words of the protocol itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from lockgate.core.base64_text import is_url, reads
from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import NODES, TEXT, Known, apart, coded, walk

_ROLES: dict[str, Place] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool_result",
    "function": "tool_result",
}
ROLES = {role: place for role, place in _ROLES.items() if place != "tool_result"}
"""Of messages that are a role and a text."""
_THOUGHTS = {"reasoning", "reasoning_content", "reasoning_details"}
_SAID = {"content", "refusal"}
_MAY_BE_DATA = frozenset(("opaque", "document"))
_PLAIN = {"role", "content"}
_FILE = ("content", "*", "file", "file_data")

# Words of the protocol: by their whole path, with * for an index. Nothing else is left out.
_WORDS = {
    ("model",),
    ("object",),
    ("id",),
    ("service_tier",),
    ("system_fingerprint",),
    ("reasoning_effort",),
    ("verbosity",),
    ("tool_choice",),
    ("tool_choice", "type"),
    ("function_call",),
    ("response_format", "type"),
    ("modalities", "*"),
    ("tools", "*", "type"),
    ("choices", "*", "finish_reason"),
}
_MESSAGE_WORDS = {
    ("role",),
    ("tool_call_id",),
    ("audio", "id"),
    ("audio", "data"),
    ("content", "*", "type"),
    ("content", "*", "cache_control", "type"),
    ("content", "*", "cache_control", "ttl"),
    ("content", "*", "image_url", "detail"),
    ("content", "*", "input_audio", "data"),
    ("content", "*", "input_audio", "format"),
    ("content", "*", "file", "file_id"),
    ("content", "*", "file_id"),
    ("content", "*", "signature"),
    ("content", "*", "thinking", "*", "type"),
    ("tool_calls", "*", "id"),
    ("tool_calls", "*", "type"),
    ("tool_calls", "*", "extra_content", "google", "thought_signature"),
    ("images", "*", "type"),
    ("reasoning_details", "*", "type"),
    ("reasoning_details", "*", "format"),
    ("reasoning_details", "*", "id"),
    ("reasoning_details", "*", "data"),
    ("reasoning_details", "*", "signature"),
}

_APART = frozenset(("logprobs", "obfuscation", "p"))
"""Log probabilities say a text again, token by token; the others are a filling, by which OpenAI and Mistral hide lengths."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Never raises. Base64 data is left out; an address is not, for words can be in it."""
    for slot in _every(tree):
        if slot.place not in _MAY_BE_DATA or not is_url(slot.text):
            yield slot
        elif reads(slot.text, slot.text[5:200]):
            yield coded(slot)


def _every(tree: Any) -> Sequence[Slot]:
    """As `walk` has them, and most messages by the shortest way: they are a role and one text."""
    messages = tree.get("messages") if isinstance(tree, dict) else None
    roles: list[Place] = []
    known: Known = lambda path: _place(path, roles)  # noqa: E731  hints of a function are made anew with it
    if not isinstance(messages, list):
        return list(walk(tree, known))
    found: list[Slot] = []
    for key, node in tree.items():
        if node is not messages:
            if isinstance(node, str):
                if node and (place := known((key,))) is not None:
                    found.append(Slot((key,), place, node))
            elif isinstance(node, NODES):
                found += walk({key: node}, known)
            continue
        for at, message in enumerate(messages):
            if type(message) is dict and message.keys() == _PLAIN and TEXT.issuperset(map(type, message.values())):
                if text := message["content"]:
                    found.append(Slot((key, at, "content"), _ROLES.get(message["role"], "opaque"), text))
                continue
            roles = roles or [_role(each) for each in messages]
            found += walk({at: message}, known, (key,))
    return found


def joined(tree: Tree) -> Iterator[Slot]:
    return apart(slots(tree), _APART)


def _role(node: Any) -> Place:
    role = node.get("role") if isinstance(node, dict) else None
    return _ROLES.get(role, "opaque") if isinstance(role, str) else "opaque"


def _place(path: Path, roles: list[Place]) -> Place | None:
    head = path[0] if path else None
    if head == "messages" and len(path) > 2 and isinstance(path[1], int):
        if len(path) == 3:
            if path[2] == "content":  # nearly all texts are there
                return roles[path[1]]
            if path[2] == "role":
                return None
        return _said(path[2:], roles[path[1]])
    if head == "choices" and len(path) > 3 and path[2] in ("message", "delta"):
        return _said(path[3:], "assistant")
    if (path if len(path) == 1 else _starred(path)) in _WORDS:
        return None
    return "tool" if head in ("tools", "functions") else "opaque"


def _said(path: Path, role: Place) -> Place | None:
    shape = _starred(path)
    if shape in _MESSAGE_WORDS:
        return None
    if role == "user" and shape == _FILE:
        return "document"
    head, last = path[0], path[-1]
    if head in _THOUGHTS or (head == "content" and "thinking" in path):
        return "thinking"
    if head in ("tool_calls", "function_call"):
        return "tool_arguments" if "arguments" in path else "opaque"
    if head in _SAID and (len(path) == 1 or last in ("text", "refusal") or len(path) == 2):
        return role
    return role if path == ("audio", "transcript") else "opaque"


def _starred(path: Path) -> tuple[str, ...]:
    return tuple(["*" if isinstance(part, int) else part for part in path])

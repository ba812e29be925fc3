"""Where the texts are: every string of a request or an answer, with whose it is.

Skipped are only words of the protocol at the very places where the protocol has them, and data that is no text: base64 of pictures
and files, and what is sealed. Everything else that is not known is `opaque`.
"""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.base64_text import is_url, reads
from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import coded, every

_ROLES: dict[str, Place] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_WORD = re.compile(r"[\w.:/@-]{1,128}").fullmatch
_TOP_WORDS = frozenset(
    ("model", "object", "id", "status", "service_tier", "truncation", "tool_choice", "previous_response_id")
)
_ITEM_WORDS = frozenset(
    ("type", "id", "call_id", "status", "role", "phase", "detail", "file_id", "container_id", "approval_request_id")
)
_CALLED = frozenset(("arguments", "input", "action", "operation", "code", "queries"))
"""What a call is called with, in the words of all of them."""
_BROUGHT = frozenset(("output", "outputs", "results"))
_SEALED = frozenset(("encrypted_content", "fingerprint"))
_DATA = frozenset(("result", "data"))


def slots(tree: Tree) -> Iterator[Slot]:
    """Gathered in a list: guards look at all of it anyway."""
    out: list[Slot] = []
    for key, node in tree.items():
        path = (key,)
        if key == "input" and isinstance(node, str):
            every(out, node, path, "user")
        elif key in ("input", "output") and isinstance(node, list):
            items(out, node, path)
        elif key == "instructions":
            _instructions(out, node, path)
        elif key == "tools":
            _tools(out, node, path)
        elif key not in _TOP_WORDS or not _is_word(node):
            every(out, node, path, "opaque")
    return iter(out)


def items(out: list[Slot], nodes: list[Any], path: Path) -> None:
    for i, node in enumerate(nodes):
        if isinstance(node, dict):
            item(out, node, (*path, i))
        else:
            every(out, node, (*path, i), "opaque")


def item(out: list[Slot], node: dict[str, Any], path: Path) -> None:
    """An item of an input or an output."""
    kind, role = node.get("type"), node.get("role")
    kind = kind if isinstance(kind, str) else "message"
    place = _ROLES.get(role, "opaque") if isinstance(role, str) else "opaque"
    for key, value in node.items():
        below = (*path, key)
        if key == "content":
            _content(out, value, below, "thinking" if kind == "reasoning" else place)
        elif key == "summary" and kind == "reasoning":
            _content(out, value, below, "thinking")
        elif key in _CALLED:
            every(out, value, below, "tool_arguments")
        elif key in _BROUGHT:
            _content(out, value, below, "tool_result")
        elif key == "tools":
            _tools(out, value, below)
        elif not ((key in _ITEM_WORDS and _is_word(value)) or (key in _SEALED | _DATA and _is_data(value))):
            every(out, value, below, "opaque")


def _instructions(out: list[Slot], node: Any, path: Path) -> None:
    if isinstance(node, list):  # an answer may say them again as items
        items(out, node, path)
    else:
        every(out, node, path, "system")


def _tools(out: list[Slot], node: Any, path: Path) -> None:
    """What tools are called, what they are for and what they take."""
    for i, tool in enumerate(node if isinstance(node, list) else ()):
        for key, value in tool.items() if isinstance(tool, dict) else ():
            if key != "type" or not _is_word(value):
                every(out, value, (*path, i, key), "tool")
        if not isinstance(tool, dict):
            every(out, tool, (*path, i), "tool")
    if not isinstance(node, list):
        every(out, node, path, "tool")


def _content(out: list[Slot], node: Any, path: Path, place: Place) -> None:
    if not isinstance(node, list):
        every(out, node, path, place)
        return
    for i, part in enumerate(node):
        if not isinstance(part, dict):
            every(out, part, (*path, i), place)
            continue
        for key, value in part.items():
            _field(out, key, value, (*path, i, key), place)


def _field(out: list[Slot], key: str, value: Any, path: Path, place: Place) -> None:
    """A field of a part. What a tool brought is the tool's, whatever it is called."""
    if key == "file_data":
        _file(out, value, path, "document" if place == "user" else place)
    elif key in ("text", "refusal") and isinstance(value, str):
        every(out, value, path, place)
    elif key == "input_audio" and isinstance(value, dict):
        for name, inner in value.items():
            _field(out, name, inner, (*path, name), place)
    elif key in ("image_url", "file_url") and is_url(value):
        _file(out, value, path, "tool_result" if place == "tool_result" else "opaque")
    elif not ((key in (*_ITEM_WORDS, "format") and _is_word(value)) or (key in _DATA and _is_data(value))):
        every(out, value, path, "tool_result" if place == "tool_result" else "opaque")


def _file(out: list[Slot], value: Any, path: Path, place: Place) -> None:
    if not is_url(value):
        every(out, value, path, place)
    elif reads(value, value[5:200]):
        out.append(coded(Slot(path, place, value)))


def _is_data(value: Any) -> bool:
    """Base64 has no blanks; prose that says it is base64 is looked at."""
    return isinstance(value, str) and " " not in value


def _is_word(value: Any) -> bool:
    """Nothing to look at if it looks like a word of a protocol; prose in its place is not skipped."""
    return isinstance(value, str) and _WORD(value) is not None

"""Where the texts are: every string of a request or an answer, with whose it is.

Skipped are only words of the protocol at the very places where the protocol has them, and data that is not text:
base64 of pictures and documents, signatures and sealed thinking. Everything else that is not known is `opaque`.
"""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.base64_text import reads
from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import coded, every
from lockgate.dialects.anthropic_messages.runs import is_call, is_result

_TOP_WORDS = frozenset(("model", "type", "role", "id", "stop_reason", "service_tier"))
_BLOCK_WORDS = frozenset(("type", "id", "tool_use_id"))
_SOURCE_WORDS = frozenset(("type", "media_type", "file_id"))
_SETTINGS = {
    "thinking": frozenset(("type", "display")),
    "tool_choice": frozenset(("type",)),
    "cache_control": frozenset(("type", "ttl")),
    "stop_details": frozenset(("type",)),
    "output_config": frozenset(("effort",)),
}
"""Objects of settings, and their fields that hold a word."""
_WORD = re.compile(r"[\w.:/@-]{1,128}").fullmatch
ROLES: dict[str, Place] = {"user": "user", "assistant": "assistant", "system": "system"}
_SAID = frozenset(("text", "title", "context"))
_DOCUMENTS = frozenset(("document", "search_result"))
"""What a user attaches, and did not say."""
_SEALED = frozenset((("thinking", "signature"), ("redacted_thinking", "data")))
_SEALED_IN_RESULTS = frozenset(("encrypted_content", "encrypted_index", "encrypted_stdout", "encrypted_code"))
_DEPTH = 8
"""Content within content that is understood; what is deeper is opaque."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Gathered in a list: a third of the time of nested generators, and guards look at everything anyway."""
    out: list[Slot] = []
    for key, node in _items(tree):
        path = (key,)
        if key == "messages" and isinstance(node, list):
            for i, message in enumerate(node):
                _message(out, message, (key, i))
        elif key == "content":
            _content(out, node, path, "assistant", 0)
        elif key == "system":
            _content(out, node, path, "system", 0)
        elif key == "tools" and isinstance(node, list):
            for i, tool in enumerate(node):
                _fields(out, tool, (key, i), frozenset(("type",)), "tool")
        elif key == "output_config":
            _output(out, node, path)
        elif key in _TOP_WORDS:
            _word(out, node, path)
        else:
            _fields(out, node, path, _SETTINGS.get(key, frozenset()), "opaque")
    return iter(out)


def _message(out: list[Slot], message: Any, path: Path) -> None:
    role = message.get("role") if isinstance(message, dict) else None
    place = ROLES.get(role, "opaque") if isinstance(role, str) else "opaque"
    for key, node in _items(message):
        if key == "content":
            _content(out, node, (*path, key), place, 0)
        elif key == "role":
            _word(out, node, (*path, key))
        else:
            every(out, node, (*path, key), "opaque")
    if not isinstance(message, dict):
        every(out, message, path, "opaque")


def _content(out: list[Slot], node: Any, path: Path, place: Place, depth: int) -> None:
    if isinstance(node, str):
        every(out, node, path, place)
    elif isinstance(node, list) and depth < _DEPTH:
        for i, block in enumerate(node):
            if isinstance(block, dict):
                _block(out, block, (*path, i), place, depth)
            else:
                every(out, block, (*path, i), "opaque")
    else:
        every(out, node, path, "opaque")


def _block(out: list[Slot], block: dict[str, Any], path: Path, place: Place, depth: int) -> None:
    kind = block.get("type")
    kind = kind if isinstance(kind, str) else ""
    place = _whose(place, kind)
    for key, node in block.items():
        below = (*path, key)
        if key in _BLOCK_WORDS:
            _word(out, node, below)
        elif key in _SAID and isinstance(node, str):
            every(out, node, below, place)
        elif key == "input" and (kind == "tool_use" or is_call(kind)):
            every(out, node, below, "tool_arguments")
        elif key == "content":
            _inner(out, node, below, depth, kind=kind, place=place)
        elif key == "source":
            _source(out, node, below, place, depth)
        elif key == "thinking" and kind == "thinking":
            every(out, node, below, "thinking")
        elif key == "cache_control":
            _marker(out, node, below)
        elif (kind, key) not in _SEALED or not _is_data(node):
            every(out, node, below, "opaque")


def _whose(place: Place, kind: str) -> Place:
    return "document" if place == "user" and kind in _DOCUMENTS else place


def _inner(out: list[Slot], node: Any, path: Path, depth: int, *, kind: str, place: Place) -> None:
    if kind == "tool_result":
        _content(out, node, path, "tool_result", depth + 1)
    elif is_result(kind):
        _result(out, node, path)
    elif kind == "search_result":
        _content(out, node, path, place, depth + 1)
    else:
        every(out, node, path, "opaque")


def _result(out: list[Slot], node: Any, path: Path) -> None:
    """What a tool said that Anthropic ran: however it is built, all of it is the tool's, but for what is sealed."""
    stack: list[tuple[Path, Any]] = [(path, node)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            inner = dict(node)
            if node.get("type") == "base64" and _is_data(node.get("data")):
                _file(out, inner.pop("data"), node.get("media_type"), (*path, "data"))
            stack.extend(((*path, key), value) for key, value in reversed(inner.items()))
        elif isinstance(node, list):
            stack.extend(((*path, i), node[i]) for i in range(len(node) - 1, -1, -1))
        elif path[-1] == "type":
            _word(out, node, path)
        elif path[-1] not in _SEALED_IN_RESULTS or not _is_data(node):
            every(out, node, path, "tool_result")


def _source(out: list[Slot], source: Any, path: Path, place: Place, depth: int) -> None:
    kind = source.get("type") if isinstance(source, dict) else None
    for key, node in _items(source):
        below = (*path, key)
        if key in _SOURCE_WORDS:
            _word(out, node, below)
        elif key == "content":
            _content(out, node, below, place, depth + 1)
        elif key == "data" and kind == "base64" and _is_file(node, source.get("media_type")):
            out.append(coded(Slot(below, place, node)))
        elif key != "data" or kind != "base64" or not _is_data(node):
            every(out, node, below, place if key == "data" and kind == "text" else "opaque")
    if not isinstance(source, dict):
        every(out, source, path, "opaque")


def _is_file(node: Any, mime: Any) -> bool:
    return isinstance(node, str) and reads(node, mime)


def _file(out: list[Slot], data: str, mime: Any, path: Path) -> None:
    """Of a tool."""
    if reads(data, mime):
        out.append(coded(Slot(path, "tool_result", data)))


def _output(out: list[Slot], node: Any, path: Path) -> None:
    """`output_config`: the schema is the client's text as a tool's is."""
    if isinstance(node, dict) and isinstance(node.get("format"), dict):
        _fields(out, node["format"], (*path, "format"), frozenset(("type",)), "tool")
        node = {key: value for key, value in node.items() if key != "format"}
    _fields(out, node, path, _SETTINGS["output_config"], "opaque")


def _fields(out: list[Slot], node: Any, path: Path, words: frozenset[str], place: Place) -> None:
    """An object's fields, of which some hold a word."""
    if not isinstance(node, dict):
        every(out, node, path, place)
    for key, value in _items(node):
        if key in words:
            _word(out, value, (*path, key))
        elif key == "cache_control":
            _marker(out, value, (*path, key))
        else:
            every(out, value, (*path, key), place)


def _marker(out: list[Slot], node: Any, path: Path) -> None:
    """A cache marker's fields are words."""
    for key, value in _items(node):
        if key in _SETTINGS["cache_control"]:
            _word(out, value, (*path, key))
        else:
            every(out, value, (*path, key), "opaque")
    if not isinstance(node, dict):
        every(out, node, path, "opaque")


def _is_data(node: Any) -> bool:
    """Base64 has no blanks; prose that says it is base64 is looked at."""
    return isinstance(node, str) and " " not in node


def _word(out: list[Slot], node: Any, path: Path) -> None:
    """Nothing to look at if it looks like a word of a protocol; prose in its place is not skipped."""
    if not isinstance(node, str) or not _WORD(node):
        every(out, node, path, "opaque")


def _items(node: Any) -> Any:
    return node.items() if isinstance(node, dict) else ()

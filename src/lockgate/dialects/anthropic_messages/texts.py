"""Where the texts are: every string of a request or an answer, with whose it is.

Skipped are only words of the protocol at the very places where the protocol has them, and data that is not text:
base64 of pictures and documents, signatures and sealed thinking. Everything else that is not known is `opaque`.
"""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import walk

_TOP_WORDS = frozenset(("model", "type", "role", "id", "stop_reason", "service_tier"))
_BLOCK_WORDS = frozenset(("type", "id", "tool_use_id"))
_SOURCE_WORDS = frozenset(("type", "media_type", "file_id"))
_WORD = re.compile(r"[\w.:/@-]{1,128}")
_ROLES: dict[str, Place] = {"user": "user", "assistant": "assistant", "system": "system"}
_CONTENT = frozenset(("text", "title", "context"))


def slots(tree: Tree) -> Iterator[Slot]:
    def known(path: Path) -> Place | None:
        return _placed(tree, path)

    return walk(tree, known)


def _placed(tree: Any, path: Path) -> Place | None:
    match path:
        case ("messages", int(), "content", *rest):
            message = _at(tree, path[:2])
            role = message.get("role") if isinstance(message, dict) else None
            place = _ROLES.get(role, "opaque") if isinstance(role, str) else "opaque"
            return _content(tree, path, len(path) - len(rest), place)
        case ("messages", int(), "role"):
            return _word(tree, path)
        case ("system", *rest):
            return _content(tree, path, 1, "system")
        case ("content", *rest):
            return _content(tree, path, 1, "assistant")
        case ("tools", int(), *rest):
            return _word(tree, path) if rest in (["type"], ["cache_control", "type"]) else "tool"
        case ("output_config", "format", "schema", *rest) if rest:
            return "tool"
        case (str(key),) if key in _TOP_WORDS:
            return _word(tree, path)
        case _:
            return _setting(tree, path)


def _setting(tree: Any, path: Path) -> Place | None:
    match path:
        case ("thinking" | "tool_choice" | "cache_control" | "stop_details", "type"):
            return _word(tree, path)
        case ("output_config", "effort") | ("output_config", "format", "type") | ("thinking", "display"):
            return _word(tree, path)
        case _:
            return "opaque"


def _content(tree: Any, path: Path, start: int, place: Place) -> Place | None:
    """A string within `content`: `start` is where the index of the block stands in the path."""
    if len(path) == start:
        return place
    block, rest = _at(tree, path[: start + 1]), path[start + 1 :]
    kind = block.get("type") if isinstance(block, dict) else None
    match rest:
        case ("input", *_) if kind in ("tool_use", "server_tool_use", "mcp_tool_use"):
            return "tool_arguments"
        case (str(key),):
            return _field(tree, path, key, kind, place)
        case ("content", *_) if kind == "tool_result":
            return _content(tree, path, start + 2, "tool_result")
        case ("source", *_):
            return _source(tree, path, start + 2, place)
        case ("cache_control", "type" | "ttl"):
            return _word(tree, path)
        case _:
            return "opaque"


def _field(tree: Any, path: Path, key: str, kind: Any, place: Place) -> Place | None:
    if key in _BLOCK_WORDS:
        return _word(tree, path)
    if key in _CONTENT:
        return place
    if key == "content" and kind == "tool_result":
        return "tool_result"
    match kind, key:
        case "thinking", "thinking":
            return "thinking"
        case ("thinking", "signature") | ("redacted_thinking", "data"):
            return None
        case _:
            return "opaque"


def _source(tree: Any, path: Path, start: int, place: Place) -> Place | None:
    source, rest = _at(tree, path[:start]), path[start:]
    kind = source.get("type") if isinstance(source, dict) else None
    match rest:
        case ("data",):
            return {"base64": None, "text": place}.get(kind, "opaque") if isinstance(kind, str) else "opaque"
        case ("content",):
            return place
        case ("content", int(), *_):
            return _content(tree, path, start + 1, place)
        case (str(key),) if key in _SOURCE_WORDS:
            return _word(tree, path)
        case _:
            return "opaque"


def _word(tree: Any, path: Path) -> Place | None:
    """Nothing to look at if it looks like a word of a protocol; prose in its place is not skipped."""
    value = _at(tree, path)
    return None if isinstance(value, str) and _WORD.fullmatch(value) else "opaque"


def _at(tree: Any, path: Path) -> Any:
    """The walker made the path from this tree, so it is there."""
    node = tree
    for key in path:
        node = node[key]
    return node

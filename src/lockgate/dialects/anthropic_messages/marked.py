"""The ids in an answer of what its provider keeps: the container in which code ran, files that it made, and files that are cited."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from lockgate.core.marked_ids import with_marks

_HINTS = (b'"file_id"', b'"container"')
_WRITTEN = "input"
"""Written by the model: what looks like an id there is none."""
_STRANGERS = frozenset(("mcp_tool_result", "web_search_tool_result", "web_fetch_tool_result"))
"""Blocks whose content comes from servers that the client may choose: they may say whatever they like, and get no mark for it."""
_decode = msgspec.json.Decoder().decode


def marked(document: bytes, mark: Callable[[str], str]) -> bytes:
    """An answer, or the JSON of a frame."""
    if not any(hint in document for hint in _HINTS):
        return document
    try:
        tree = _decode(document)
    except (ValueError, RecursionError):
        return document
    return with_marks(document, _ids(tree), mark)


def _ids(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for each in node:
            yield from _ids(each)
    elif isinstance(node, dict) and not _strange(node.get("type")):
        for key, value in node.items():
            if key == "file_id" and isinstance(value, str):
                yield key, value
            elif key == "container" and isinstance(value, dict) and isinstance(id_ := value.get("id"), str):
                yield "id", id_
            elif key != _WRITTEN:
                yield from _ids(value)


def _strange(kind: object) -> bool:
    return isinstance(kind, str) and kind in _STRANGERS

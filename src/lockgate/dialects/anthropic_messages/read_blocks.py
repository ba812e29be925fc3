"""Content of a request, from the wire: blocks to canonical ones. What there is no word for is named, never refused."""

from collections.abc import Callable
from typing import Any

import msgspec

from lockgate.core.chat import Block, Media, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.reading import (
    Node,
    mapping,
    optional_string,
    sequence,
    string,
    unknown,
    wrong,
)

_encode = msgspec.json.Encoder().encode

_TEXT = frozenset(("type", "text", "cache_control", "citations"))
_IMAGE = frozenset(("type", "source", "cache_control"))
_DOCUMENT = frozenset(("type", "source", "cache_control", "title", "citations"))
_THINKING = frozenset(("type", "thinking", "signature"))
_REDACTED = frozenset(("type", "data"))
_TOOL_USE = frozenset(("type", "id", "name", "input", "cache_control", "caller"))
_TOOL_RESULT = frozenset(("type", "tool_use_id", "content", "is_error", "cache_control"))

Reader = Callable[[Node, str, Notes], Block]


def content(value: Any, where: str, notes: Notes) -> tuple[Block, ...]:
    """A message's `content`: a string is short for one text block."""
    if isinstance(value, str):
        return (Text(value),)
    found: list[Block] = []
    for i, item in enumerate(sequence(value, where)):
        place = f"{where}.{i}"
        node = mapping(item, place)
        read = _READERS.get(string(node, "type", place))
        if read is None:
            notes.add(f"{place} ({node['type']})")
        else:
            found.append(read(node, place, notes))
    return tuple(found)


def plain(value: Any, where: str, notes: Notes) -> tuple[Text, ...]:
    """Content that may only be text, as `system` is."""
    kept = []
    for block in content(value, where, notes):
        if isinstance(block, Text):
            kept.append(block)
        else:
            notes.add(f"{where} ({type(block).__name__.lower()})")
    return tuple(kept)


def cache(node: Node, where: str) -> str:
    """`cache_control`, as the lifetime it asks for."""
    if node.get("cache_control") is None:
        return ""
    return (
        optional_string(mapping(node["cache_control"], f"{where}.cache_control"), "ttl", f"{where}.cache_control")
        or "5m"
    )


def _text(node: Node, where: str, notes: Notes) -> Text:
    if node.get("citations"):
        notes.add(f"{where}.citations")
    unknown(node, _TEXT, where, notes)
    return Text(string(node, "text", where), cache(node, where))


def _image(node: Node, where: str, notes: Notes) -> Media:
    unknown(node, _IMAGE, where, notes)
    source, place = mapping(node.get("source"), f"{where}.source"), f"{where}.source"
    marker = cache(node, where)
    match string(source, "type", place):
        case "base64":
            mime, data = string(source, "media_type", place), string(source, "data", place)
            return Media("image", mime=mime, data=data, cache=marker)
        case "url":
            return Media("image", url=string(source, "url", place), cache=marker)
        case "file":
            return Media("image", file_id=string(source, "file_id", place), cache=marker)
        case _:
            raise wrong(f"{place}.type", "base64, url or file")


def _document(node: Node, where: str, notes: Notes) -> Media:
    unknown(node, _DOCUMENT, where, notes)
    if isinstance(node.get("citations"), dict) and node["citations"].get("enabled"):
        notes.add(f"{where}.citations")
    source, place = mapping(node.get("source"), f"{where}.source"), f"{where}.source"
    name, marker = optional_string(node, "title", where), cache(node, where)
    match string(source, "type", place):
        case "base64":
            mime, data = optional_string(source, "media_type", place), string(source, "data", place)
            return Media("file", mime=mime or "application/pdf", data=data, name=name, cache=marker)
        case "url":
            url = string(source, "url", place)
            return Media("file", mime="application/pdf", url=url, name=name, cache=marker)
        case "file":
            return Media("file", file_id=string(source, "file_id", place), name=name, cache=marker)
        case "text":
            return Media("file", mime="text/plain", text=string(source, "data", place), name=name, cache=marker)
        case "content":
            text = "\n".join(block.text for block in plain(source.get("content"), f"{place}.content", notes))
            return Media("file", mime="text/plain", text=text, name=name, cache=marker)
        case _:
            raise wrong(f"{place}.type", "base64, url, file, text or content")


def _thinking(node: Node, where: str, notes: Notes) -> Thinking:
    unknown(node, _THINKING, where, notes)
    return Thinking(string(node, "thinking", where), optional_string(node, "signature", where))


def _redacted(node: Node, where: str, notes: Notes) -> Thinking:
    unknown(node, _REDACTED, where, notes)
    return Thinking(redacted=string(node, "data", where))


def _tool_use(node: Node, where: str, notes: Notes) -> ToolCall:
    unknown(node, _TOOL_USE, where, notes)
    caller = node.get("caller")
    if caller is not None and caller != {"type": "direct"}:
        notes.add(f"{where}.caller")
    arguments = _encode(mapping(node.get("input"), f"{where}.input")).decode()
    return ToolCall(string(node, "id", where), string(node, "name", where), arguments, cache=cache(node, where))


def _tool_result(node: Node, where: str, notes: Notes) -> ToolResult:
    unknown(node, _TOOL_RESULT, where, notes)
    inner: list[Text | Media] = []
    if node.get("content") is not None:
        for block in content(node["content"], f"{where}.content", notes):
            if isinstance(block, Text | Media):
                inner.append(block)
            else:
                notes.add(f"{where}.content ({type(block).__name__.lower()})")
    error = node.get("is_error")
    if error is not None and not isinstance(error, bool):
        raise wrong(f"{where}.is_error", "true or false")
    call = string(node, "tool_use_id", where)
    return ToolResult(call, tuple(inner), error=bool(error), cache=cache(node, where))


_READERS: dict[str, Reader] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "thinking": _thinking,
    "redacted_thinking": _redacted,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
}

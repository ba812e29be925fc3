"""A JSON Schema cut down to what structured output takes.

Claude Platform Docs, "Structured outputs", JSON Schema limitations: every object is closed, `oneOf` is not known, and
bounds on numbers, strings and arrays are refused. As the official SDKs do, what is taken out is told to the model in
the description, and the loss is named.
"""

from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages.notes import Notes

_decode = msgspec.json.Decoder().decode
_top = msgspec.json.Decoder(dict[str, Raw])
_encode = msgspec.json.Encoder().encode

_NESTED = frozenset(("properties", "$defs", "definitions"))
_LISTS = frozenset(("anyOf", "allOf"))
_KEPT = frozenset(
    ["type", "enum", "const", "title", "description", "required", "$ref", "default", "$schema", "$id", "items"]
)
_FORMATS = frozenset(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"])
_DEPTH = 100


def narrowed(schema: Raw, notes: Notes, description: str = "") -> Raw:
    """The schema for `output_config.format` and strict tools; what is no object stays as it is."""
    try:
        tree = _decode(schema)
    except (ValueError, RecursionError) as error:
        raise _broken() from error
    if not isinstance(tree, dict):
        return schema
    cut = _node(tree, notes, 0)
    if description and not cut.get("description"):
        cut["description"] = description
    return Raw(_encode(cut))


def with_object_type(schema: Raw) -> Raw:
    """The API demands a `type` on a tool's schema; a schema without one means an object here."""
    try:
        top = _top.decode(schema)
    except msgspec.ValidationError:
        return schema
    except (ValueError, RecursionError) as error:
        raise _broken() from error
    return schema if "type" in top or "$ref" in top else Raw(_encode({"type": "object", **top}))


def _broken() -> Problem:
    return Problem(Kind.INVALID, "a JSON schema is not valid JSON")


def _node(node: Any, notes: Notes, depth: int) -> Any:
    if not isinstance(node, dict) or depth > _DEPTH:
        return node
    kept: dict[str, Any] = {}
    dropped: dict[str, Any] = {}
    for key, value in node.items():
        if key in _NESTED and isinstance(value, dict):
            kept[key] = {name: _node(child, notes, depth + 1) for name, child in value.items()}
        elif key in _LISTS and isinstance(value, list):
            kept[key] = [_node(child, notes, depth + 1) for child in value]
        elif key == "oneOf" and isinstance(value, list) and "anyOf" not in node:
            kept["anyOf"] = [_node(child, notes, depth + 1) for child in value]
        elif key == "items":
            kept[key] = _node(value, notes, depth + 1)
        elif _takes(key, value):
            kept[key] = value
        elif key != "additionalProperties" or value not in (False, None):
            dropped[key] = value
    if _is_object(node):
        kept["additionalProperties"] = False
    return _told(kept, dropped, notes)


def _takes(key: str, value: Any) -> bool:
    if key == "format":
        return value in _FORMATS if isinstance(value, str) else False
    if key == "minItems":
        return value in (0, 1)
    return key in _KEPT


def _is_object(node: dict[str, Any]) -> bool:
    kind = node.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or isinstance(node.get("properties"), dict)


def _told(kept: dict[str, Any], dropped: dict[str, Any], notes: Notes) -> dict[str, Any]:
    if dropped:
        for key in dropped:
            notes.add(f"schema keyword {key}")
        told = ", ".join(f"{key}: {_encode(value).decode()}" for key, value in dropped.items())
        before = kept.get("description")
        kept["description"] = f"{before}\n\n{{{told}}}" if isinstance(before, str) and before else f"{{{told}}}"
    return kept

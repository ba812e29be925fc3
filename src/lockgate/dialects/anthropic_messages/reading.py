"""Checked reads out of a client's JSON: the right type, or a `Problem` that says where."""

from typing import Any

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages.notes import Notes

Node = dict[str, Any]


def wrong(where: str, expected: str) -> Problem:
    return Problem(Kind.INVALID, f"must be {expected}", where=where)


def mapping(value: Any, where: str) -> Node:
    if not isinstance(value, dict):
        raise wrong(where, "an object")
    return value


def sequence(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(where, "an array")
    return value


def string(node: Node, key: str, where: str) -> str:
    value = node.get(key)
    if not isinstance(value, str):
        raise wrong(f"{where}.{key}" if where else key, "a string")
    return value


def optional_string(node: Node, key: str, where: str) -> str:
    """Empty where the field is missing or null."""
    return "" if node.get(key) is None else string(node, key, where)


def optional_integer(node: Node, key: str, where: str = "") -> int | None:
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(f"{where}.{key}" if where else key, "an integer")
    return value


def optional_number(node: Node, key: str) -> float | None:
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(key, "a number")
    return float(value)


def optional_flag(node: Node, key: str, where: str = "") -> bool | None:
    value = node.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise wrong(f"{where}.{key}" if where else key, "true or false")


def unknown(node: Node, known: frozenset[str], where: str, notes: Notes) -> None:
    """Name every field that we have no word for. Null says nothing, and so does the documented default False."""
    for key, value in node.items():
        if key not in known and value is not None and value is not False:
            notes.add(f"{where}.{key}" if where else key)

"""Values of a request's tree, each with the type it must have: a wrong one is refused with its path."""

from typing import Any

from lockgate.core.problem import Kind, Problem

Node = dict[str, Any]


def wrong(where: str, expected: str) -> Problem:
    return Problem(Kind.INVALID, f"{where} must be {expected}", where=where)


def text(node: Node, key: str, where: str = "") -> str:
    """A string; empty when it is not given."""
    value = node.get(key)
    if value is not None and not isinstance(value, str):
        raise wrong(at(where, key), "a string")
    return value or ""


def flag(node: Node, key: str, where: str = "") -> bool | None:
    value = node.get(key)
    if value is not None and not isinstance(value, bool):
        raise wrong(at(where, key), "true or false")
    return value


def number(node: Node, key: str, where: str = "") -> float | None:
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(at(where, key), "a number")
    try:
        return float(value)
    except OverflowError:
        raise wrong(at(where, key), "a number in the range of a double") from None


def whole(node: Node, key: str, where: str = "") -> int | None:
    """An integer, also when it is written as 42.0: the server takes that too."""
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(at(where, key), "an integer")
    return value


def strings(node: Node, key: str, where: str = "") -> list[str]:
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong(at(where, key), "an array of strings")
    return value


def objects(node: Node, key: str, where: str = "") -> list[Node]:
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(at(where, key), "an array")
    for i, item in enumerate(value):
        if not isinstance(item, dict):
            raise wrong(f"{at(where, key)}.{i}", "an object")
    return value


def mapping(node: Node, key: str, where: str = "") -> Node:
    value = node.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(at(where, key), "an object")
    return value


def at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def unknown(node: Node, known: frozenset[str], where: str = "") -> list[str]:
    """The paths of fields that say something and that nobody here knows."""
    return [at(where, key[:64]) for key in node if key not in known and node[key] is not None]

"""The tools that a request offers: functions by name, Google's own (`googleSearch`, `codeExecution`) by theirs."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Offered

_FUNCTIONS = ("functionDeclarations", "function_declarations")


def tools(tree: Tree) -> Iterator[Offered]:
    """Where the API takes one thing for a list of one, so does this."""
    for path, group in _each(tree.get("tools"), ("tools",)):
        if not isinstance(group, dict):
            yield Offered(path, "")
            continue
        for key, node in group.items():
            if key in _FUNCTIONS:
                yield from (Offered(at, _name(declared)) for at, declared in _each(node, (*path, key)))
            elif node is not None:
                yield Offered((*path, key), _camel(key))


def _each(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, list):
        yield from (((*path, number), one) for number, one in enumerate(node))
    elif node is not None:
        yield path, node


def _name(declared: Any) -> str:
    name = declared.get("name") if isinstance(declared, dict) else None
    return name if isinstance(name, str) else ""


def _camel(key: str) -> str:
    """The API takes both spellings; policies have the one of its documentation."""
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)

"""The tools that a request offers: functions, by name."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered
from lockgate.core.offering import each, offered, plain, text


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def _name(tool: Any) -> str:
    return text(tool.get("function"), "name") if plain(tool) else ""


_READERS = {"tools": each(_name)}

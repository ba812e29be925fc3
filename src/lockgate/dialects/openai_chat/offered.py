"""The tools that a request offers: functions and custom tools by name, the upstream's own by their type."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered

_WITH_NAME = ("function", "custom")


def tools(tree: Tree) -> Iterator[Offered]:
    for key, named in (("tools", _tool), ("functions", _name)):
        listed = tree.get(key)
        if isinstance(listed, list):
            for number, tool in enumerate(listed):
                yield Offered((key, number), named(tool))
        elif listed is not None:
            yield Offered((key,), "")
    if tree.get("web_search_options") is not None:
        yield Offered(("web_search_options",), "web_search")


def _tool(tool: Any) -> str:
    kind = tool.get("type", "function") if isinstance(tool, dict) else None
    if kind in _WITH_NAME:
        return _name(tool.get(kind))
    return kind if isinstance(kind, str) else ""


def _name(node: Any) -> str:
    name = node.get("name") if isinstance(node, dict) else None
    return name if isinstance(name, str) else ""

"""The tools that a request offers: functions, by name."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered


def tools(tree: Tree) -> Iterator[Offered]:
    listed = tree.get("tools")
    if isinstance(listed, list):
        for number, tool in enumerate(listed):
            yield Offered(("tools", number), _name(tool))
    elif listed is not None:
        yield Offered(("tools",), "")


def _name(tool: Any) -> str:
    function = tool.get("function") if isinstance(tool, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else ""

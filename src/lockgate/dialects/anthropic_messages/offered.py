"""The tools that a request offers: by name, the upstream's own too; an MCP server stands for all that it brings."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered


def tools(tree: Tree) -> Iterator[Offered]:
    for key in ("tools", "mcp_servers"):
        listed = tree.get(key)
        if isinstance(listed, list):
            for number, tool in enumerate(listed):
                yield Offered((key, number), _name(tool))
        elif listed is not None:
            yield Offered((key,), "")


def _name(tool: Any) -> str:
    """A toolset has no name of its own, but its server's."""
    if not isinstance(tool, dict):
        return ""
    name = tool.get("mcp_server_name") if tool.get("type") == "mcp_toolset" else tool.get("name")
    return name if isinstance(name, str) else ""

"""The tools that a request offers: by name, the upstream's own too; an MCP server stands for all that it brings."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered
from lockgate.core.offering import each, offered, text


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def _name(tool: Any) -> str:
    """A toolset has no name of its own, but its server's."""
    return text(tool, "mcp_server_name" if text(tool, "type") == "mcp_toolset" else "name")


_READERS = {"tools": each(_name), "mcp_servers": each(lambda server: text(server, "name"))}

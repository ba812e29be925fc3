"""The tools that a request offers: by name, the upstream's own too; an MCP server stands for all that it brings.

Anthropic's own have a type with a date behind the name. It runs most of them by itself; some the client runs, as if they were
its own. One of the first kind under another name than its own is none that anybody here knows.
"""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered
from lockgate.core.offering import each, offered, text

_DATED = re.compile(r"(.+)_[0-9]{8}").fullmatch
_CLIENTS = frozenset(("custom", "bash", "text_editor", "computer", "memory", "computer_toolset", "browser_toolset"))
"""What the client runs; a tool without a type is a custom one."""
_INWARD = frozenset(("tool_search_tool_regex", "tool_search_tool_bm25"))
"""What Anthropic runs, and looks at nothing but the request with."""
_TOOLSET = "mcp_toolset"


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def _kind(tool: Any) -> str:
    kind = tool.get("type") if isinstance(tool, dict) else None
    if not isinstance(kind, str):
        return "custom" if kind is None else ""
    return dated[1] if (dated := _DATED(kind)) else kind


def _name(tool: Any) -> str:
    """A toolset has no name of its own, but its server's."""
    kind = _kind(tool)
    name = text(tool, "mcp_server_name" if kind == _TOOLSET else "name")
    return name if kind in _CLIENTS or kind in (_TOOLSET, name) else ""


_READERS = {
    "tools": each(_name, lambda tool: _kind(tool) not in _CLIENTS | _INWARD),
    "mcp_servers": each(lambda server: text(server, "name"), lambda server: True),
}

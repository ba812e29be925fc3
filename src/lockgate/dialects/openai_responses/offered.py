"""The tools that a request offers: functions and custom tools by name, OpenAI's own by their type, an MCP server by its label.

Tools come with the request, and within the input: by themselves, or as what a search for tools found.
"""

import re
from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Headed, Path, Tree, parse
from lockgate.core.dialect import Offered
from lockgate.core.offering import offered, plain, text, unknown
from lockgate.dialects.openai_responses import names

_NAMED = frozenset(("function", "custom"))
_OF_THE_CLIENT = frozenset(("computer", "local_shell", "apply_patch"))
"""Tools of OpenAI's that its client runs."""
_VERSION = re.compile(r"(?:_use)?(?:_preview)?(?:_[0-9]{4}_[0-9]{2}_[0-9]{2})?$")
_BRING = frozenset(("additional_tools", "tool_search_output"))


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def acts(body: Headed) -> bool:
    """Whether the provider runs some of them by itself."""
    return any(tool.run for tool in tools(parse(body).tree))


def _listed(path: Path, node: Any, group: str = "") -> Iterator[Offered]:
    if not isinstance(node, list):
        yield unknown(path)
        return
    for number, tool in enumerate(node):
        here = (*path, number)
        if not plain(tool):
            yield unknown(here)
        elif tool.get("type") == "namespace" and not group:
            name = text(tool, "name")
            yield from _listed((*here, "tools"), tool.get("tools"), name) if name else (unknown(here),)
        else:
            yield _one(here, tool, group)


def _one(path: Path, tool: dict[str, Any], group: str) -> Offered:
    kind = tool.get("type")
    if kind in _NAMED:
        name = text(tool, "name")
        return Offered(path, names.joined(group, name) if name else "", run=not name)
    if kind == "mcp":
        return Offered(path, text(tool, "server_label"), run=True)
    if not isinstance(kind, str):
        return unknown(path)
    name = _VERSION.sub("", kind)
    return Offered(path, name, run=name not in _OF_THE_CLIENT)


def _items(path: Path, node: Any) -> Iterator[Offered]:
    for number, item in enumerate(node if isinstance(node, list) else ()):
        folded = {key.casefold() for key in item} if isinstance(item, dict) else set[str]()
        if "tools" not in folded or item.get("type") == "mcp_list_tools":
            continue
        here = (*path, number, "tools")
        known = plain(item) and "tools" in item and item.get("type") in _BRING
        yield from _listed(here, item["tools"]) if known else (unknown(here),)


_READERS = {"tools": _listed, "input": _items}

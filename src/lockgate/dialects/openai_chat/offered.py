"""The tools that a request offers: functions and custom tools by name, the upstream's own by their type or switch."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.dialect import Offered
from lockgate.core.offering import each, offered, plain, switch, text

_WITH_NAME = ("function", "custom")


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def _tool(tool: Any) -> str:
    if not plain(tool):
        return ""
    kind = tool.get("type", "function")
    if any(tool.get(other) is not None for other in _WITH_NAME if other != kind):
        return ""  # some servers do not look at the type
    if kind in _WITH_NAME:
        return text(tool.get(kind), "name")
    return kind if isinstance(kind, str) else ""


_READERS = {
    "tools": each(_tool, lambda tool: tool.get("type", "function") not in _WITH_NAME),
    "functions": each(lambda function: text(function, "name")),
    "web_search_options": switch("web_search"),
    # What providers that copy this format have besides: OpenRouter's plugins, xAI's search.
    "plugins": each(lambda plugin: text(plugin, "id"), lambda plugin: True),
    "search_parameters": switch("live_search"),
}

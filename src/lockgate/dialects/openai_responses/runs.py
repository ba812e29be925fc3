"""Tools that OpenAI runs by itself: how items of an output say so, and what policies call them.

API reference, "Responses": the output items; guide "Using tools".
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Raw

from lockgate.core.body import Tree
from lockgate.core.events import BlockGiven, RunStarted
from lockgate.dialects.openai_responses import wire

FORM = "openai_responses"
_CALLS = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "image_generation_call": "image_generation",
    "computer_call": "computer",
    "local_shell_call": "local_shell",
    "shell_call": "shell",
    "apply_patch_call": "apply_patch",
    "tool_search_call": "tool_search",
    "program": "programmatic_tool_calling",
}
_MCP = frozenset(("mcp_call", "mcp_list_tools", "mcp_approval_request"))
_BROUGHT = frozenset(
    ("web_search_call", "file_search_call", "code_interpreter_call", "mcp_call", "mcp_list_tools", "shell_call_output")
)
"""Items that hold what such a tool said."""
PLAIN = frozenset(("message", "reasoning", "function_call", "custom_tool_call"))
"""What every provider's answer can be made of."""
_NO_TOOL = PLAIN | {"compaction"}


def is_run(kind: str) -> bool:
    """What nobody knows may be one."""
    return kind not in _NO_TOOL


def name(item: wire.Item) -> str:
    """As a request offers it: an MCP server stands for its tools. Empty for what cannot be told."""
    if item.type in _MCP:
        return item.server_label or ""
    kind = item.type.removesuffix("_output")
    return _CALLS.get(kind) or _CALLS.get(f"{kind}_call", "")


def begun(item: wire.Item, raw: Raw, run: int) -> RunStarted:
    return RunStarted(run, name(item), item.type, FORM, raw)


def given(item: wire.Item, raw: Raw) -> BlockGiven:
    """Most items hold what a tool was called with beside what it said: those are for every rule."""
    return BlockGiven(item.type, FORM, raw, item.type.endswith("_output"))


def results(tree: Tree) -> Iterator[str]:
    """Of a request, the tools whose results its history holds; "" for one that cannot be told."""
    items = tree.get("input")
    for item in items if isinstance(items, list) else ():
        kind = item.get("type") if isinstance(item, dict) else None
        if isinstance(kind, str) and kind in _BROUGHT:
            label: Any = item.get("server_label")
            yield (label if isinstance(label, str) else "") if kind in _MCP else _CALLS.get(kind, "shell")

"""Tools that Anthropic runs by itself: how its blocks say so, and what policies call them.

Page "Server tools"; MCP connector. A call is a block of its own whose input streams as a tool's does; a result comes whole.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Tree
from lockgate.core.events import BlockGiven, RunStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import wire

FORM = "anthropic_messages"
RESULT = "_tool_result"
"""How the types of results end: `web_search_tool_result`, `mcp_tool_result`."""
_CALL = "_tool_use"
_MCP_CALL, _MCP_RESULT = "mcp_tool_use", "mcp_tool_result"
_CODE = "code_execution"
_frame = msgspec.json.Decoder(wire.RawFrame).decode
_tree = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def is_call(kind: str) -> bool:
    return kind.endswith(_CALL)


def is_result(kind: str) -> bool:
    return kind.endswith(RESULT)


def name(block: wire.Block) -> str:
    """A call's tool as a request offers it: an MCP server stands for its tools, code execution for its two."""
    if block.type == _MCP_CALL:
        return block.server_name or ""
    return _offered(block.name or "")


def _offered(called: str) -> str:
    """`bash_code_execution` and `text_editor_code_execution` are offered as `code_execution`."""
    return _CODE if called.endswith("_" + _CODE) else called


def begun(block: wire.Block, raw: Raw, run: int) -> RunStarted:
    try:
        head = Raw(_encode({**_tree(raw), "input": {}}))
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream sent a broken block", source="upstream") from error
    return RunStarted(run, name(block), block.type, FORM, head)


def given(block: wire.Block, raw: Raw) -> BlockGiven:
    return BlockGiven(block.type, FORM, raw, is_result(block.type))


def raw(data: bytes, index: int | None = None) -> Raw:
    """A block as it was written: the frame's own, or one of those that the beginning of the message brings."""
    frame = _frame(data)
    if index is None or frame.message is None or frame.message.content is None:
        return frame.content_block
    return frame.message.content[index]


def results(tree: Tree) -> Iterator[str]:
    """Of a request, the tools whose results its history holds; "" for one that cannot be told."""
    messages = tree.get("messages")
    called: dict[str, str] = {}
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict) and isinstance(kind := block.get("type"), str):
                yield from _result(block, kind, called)


def _result(block: dict[str, Any], kind: str, called: dict[str, str]) -> Iterator[str]:
    if is_call(kind):
        says = block.get("server_name" if kind == _MCP_CALL else "name")
        called[str(block.get("id"))] = _offered(says) if isinstance(says, str) else ""
    elif is_result(kind):
        known = called.get(str(block.get("tool_use_id")), "")
        yield known or ("" if kind == _MCP_RESULT else _offered(kind.removesuffix(RESULT)))

"""A request without thoughts that came from providers of other dialects: this API refuses what it did not sign."""

from typing import Any

from lockgate.core import seals
from lockgate.core.body import Tree
from lockgate.dialects.anthropic_messages.reasoning import UNTHOUGHT

_SEAL = {"thinking": "signature", "redacted_thinking": "data"}


def unsealed(tree: Tree, model: str) -> tuple[Tree, tuple[str, ...]]:
    messages = tree.get("messages")
    if not isinstance(messages, list):
        return tree, ()
    left = [each for message in messages for each in _without(message)]
    if left == messages:
        return tree, ()
    tree = {**tree, "messages": left}
    thinking = tree.get("thinking")
    if not isinstance(thinking, dict) or thinking.get("type") != "enabled" or _begins(left):
        return tree, (seals.FOREIGN,)
    return {key: tree[key] for key in tree if key != "thinking"}, (seals.FOREIGN, UNTHOUGHT)


def _without(message: Any) -> tuple[Any, ...]:
    """Nothing where nothing is left of it."""
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list) or not any(map(_foreign, content)):
        return (message,)
    left = [block for block in content if not _foreign(block)]
    return ({**message, "content": left},) if left else ()


def _foreign(block: Any) -> bool:
    kind = _kind(block)
    return kind in _SEAL and seals.marked(block.get(_SEAL[kind]))


def _begins(messages: list[Any]) -> bool:
    """Whether the answer that goes on, if one does, begins with thoughts: with a budget the API refuses it without."""
    first = None
    for message in reversed(messages):
        content = message.get("content") if isinstance(message, dict) else None
        blocks = content if isinstance(content, list) else []
        if isinstance(message, dict) and message.get("role") == "assistant":
            first = _kind(blocks[0]) if blocks else "text"
        elif not any(_kind(block) == "tool_result" for block in blocks):
            break
    return first is None or first in _SEAL


def _kind(block: Any) -> str:
    kind = block.get("type") if isinstance(block, dict) else None
    return kind if isinstance(kind, str) else ""

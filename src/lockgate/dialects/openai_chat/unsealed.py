"""A request without thoughts that came from providers of other dialects: those who have such fields check what is in them."""

from typing import Any

from lockgate.core import seals
from lockgate.core.body import Tree

_SEALS = ("signature", "data")


def unsealed(tree: Tree, model: str) -> tuple[Tree, tuple[str, ...]]:
    messages = tree.get("messages")
    if not isinstance(messages, list):
        return tree, ()
    left = [_without(message) for message in messages]
    return ({**tree, "messages": left}, (seals.FOREIGN,)) if left != messages else (tree, ())


def _without(message: Any) -> Any:
    """Thoughts in words stay; of the details those that somebody sealed go, and so do seals of calls."""
    if not isinstance(message, dict):
        return message
    changed = dict(message)
    details, calls = message.get("reasoning_details"), message.get("tool_calls")
    if isinstance(details, list):
        kept = [each for each in details if not _marked(each)]
        changed.pop("reasoning_details")
        if kept:
            changed["reasoning_details"] = kept
    if isinstance(calls, list):
        changed["tool_calls"] = [_unsigned(call) for call in calls]
    return changed


def _marked(detail: Any) -> bool:
    return isinstance(detail, dict) and any(seals.marked(detail.get(key)) for key in _SEALS)


def _unsigned(call: Any) -> Any:
    extra = call.get("extra_content") if isinstance(call, dict) else None
    google = extra.get("google") if isinstance(extra, dict) else None
    if not isinstance(google, dict) or not seals.marked(google.get("thought_signature")):
        return call
    return {key: call[key] for key in call if key != "extra_content"}

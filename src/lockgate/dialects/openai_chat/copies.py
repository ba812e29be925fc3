"""Small changes for providers that copy the format with differences: the pieces of a `Provider.adapt`.

They run for requests of the same dialect too, so each changes only what the provider would refuse, or not
understand. Steps look at raw bytes first: a body that has nothing to change is not parsed and stays as it was.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Body, Headed, Parsed
from lockgate.core.provider import Adapted

Step = Callable[[Body], Adapted]
Node = dict[str, Any]
Change = Callable[[Node], tuple[str, ...]]
"""Changes a message, which is a shallow copy, in place. Gives the names of what was lost."""

_any = msgspec.json.Decoder(Any)
_THOUGHTS = {"reasoning_content", "reasoning", "reasoning_details"}


def in_order(*steps: Step) -> Step:
    def adapt(body: Body) -> Adapted:
        lost: dict[str, None] = {}
        for step in steps:
            body, names = step(body)
            lost.update(dict.fromkeys(names))
        return body, tuple(lost)

    return adapt


def top(body: Body) -> Mapping[str, Any]:
    """The top level: raw values, or the tree's."""
    return body.top if isinstance(body, Headed) else body.tree


def value(body: Body, key: str) -> Any:
    """A top-level value, decoded; None where there is none."""
    found = top(body).get(key)
    return _any.decode(found) if isinstance(found, Raw) else found


def having(body: Body, keys: Mapping[str, Any]) -> Body:
    return Headed(keys) if isinstance(body, Headed) else Parsed(dict(keys))


def renamed(old: str, new: str) -> Step:
    """A field that the provider has under another name. Where both are said, the provider's own stays."""

    def step(body: Body) -> Adapted:
        keys = top(body)
        if old not in keys:
            return body, ()
        moved = {(new if key == old and new not in keys else key): keys[key] for key in keys}
        moved.pop(old, None)
        return having(body, moved), ()

    return step


def without(*names: str) -> Step:
    """Fields that the provider refuses. Each is a loss by its name, but for null."""

    def step(body: Body) -> Adapted:
        keys = top(body)
        found = [name for name in names if name in keys]
        if not found:
            return body, ()
        lost = tuple(name for name in found if value(body, name) is not None)
        return having(body, {key: keys[key] for key in keys if key not in found}), lost

    return step


def messages(change: Change, *hints: bytes) -> Step:
    """Changes messages. Raw bodies without any of the hints are not even parsed."""

    def step(body: Body) -> Adapted:
        found = top(body).get("messages")
        if isinstance(found, Raw) and not any(hint in bytes(found) for hint in hints):
            return body, ()
        nodes = value(body, "messages")
        if not isinstance(nodes, list):
            return body, ()
        copies = [dict(node) if isinstance(node, dict) else node for node in nodes]
        lost = dict.fromkeys(name for node in copies if isinstance(node, dict) for name in change(node))
        return (body.set("messages", copies), tuple(lost)) if copies != nodes else (body, ())

    return step


def _as_system(message: Node) -> tuple[str, ...]:
    if message.get("role") == "developer":
        message["role"] = "system"
    return ()


def _unthought(message: Node) -> tuple[str, ...]:
    found = [message.pop(key) for key in _THOUGHTS & message.keys()]
    return ("thinking",) if any(found) else ()


def _unthought_abroad(message: Node) -> tuple[str, ...]:
    """As above, but `reasoning` is the provider's own field."""
    found = [message.pop(key) for key in (_THOUGHTS - {"reasoning"}) & message.keys()]
    return ("thinking",) if any(found) and not message.get("reasoning") else ()


def _undetailed(message: Node) -> tuple[str, ...]:
    return ("thinking signatures",) if message.pop("reasoning_details", None) else ()


def _unsigned(message: Node) -> tuple[str, ...]:
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return ()
    message["tool_calls"] = [without_key(call, "extra_content") for call in calls]
    return ("tool call signatures",) if message["tool_calls"] != calls else ()


def _unmarked(message: Node) -> tuple[str, ...]:
    marked = bool(message.pop("cache_control", None))
    content = message.get("content")
    if isinstance(content, list):
        message["content"] = [without_key(part, "cache_control") for part in content]
        marked = marked or message["content"] != content
    return ("cache markers",) if marked else ()


def without_key(node: Any, name: str) -> Any:
    """A copy of an object without a key; anything else as it is."""
    return {key: node[key] for key in node if key != name} if isinstance(node, dict) else node


limit_as_max_tokens = renamed("max_completion_tokens", "max_tokens")
"""For providers that do not know the newer name: a limit that is not understood is a limit that is not kept."""
developer_as_system = messages(_as_system, b'"developer"')
"""The older name of the same role."""
no_thinking = messages(_unthought, b'"reasoning')
"""For providers that refuse thoughts in what they are sent."""
own_thinking_only = messages(_unthought_abroad, b'"reasoning_')
"""For providers whose own field is `reasoning` and that refuse the others."""
no_thinking_details = messages(_undetailed, b'"reasoning_details"')
"""For providers that take back `reasoning_content` and have no signatures."""
no_call_signatures = messages(_unsigned, b'"extra_content"')
no_cache_markers = messages(_unmarked, b'"cache_control"')

"""Containers, files, skills, threads: what a request names of what its provider keeps.

API reference, "Create a Message", with what is in beta. Skills of Anthropic's own are everybody's.
"""

from collections.abc import Mapping
from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, named
from lockgate.dialects.anthropic_messages.marked import marked

FIELDS = NamedFields(
    # Ids of calls; of tabs and downloads in a browser that the client itself runs.
    free=frozenset(("tooluseid", "toolid", "tabid", "downloadid")),
    also=frozenset(("container",)),
    whole=frozenset(("thread",)),
    own=frozenset(("input", "inputschema", "schema", "metadata", "toolchoice", "contextmanagement", "inputexamples")),
    below=frozenset(("container",)),
    builtin=frozenset((("skillid", "anthropic"),)),
)
_TOP = frozenset(
    (
        "model", "max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "service_tier", "speed",
        "inference_geo", "metadata", "tool_choice", "context_management",
    )
)  # fmt: skip
"""What can name nothing, whatever it says; or is a document of the client's own."""
_MARKER = frozenset(("type", "ttl"))
_THINKING = frozenset(("type", "budget_tokens", "display"))
_OUTPUT = frozenset(("effort", "format"))
_FORMAT = frozenset(("type", "schema"))
_INSIDE: Mapping[str, frozenset[str]] = {"thinking": _THINKING, "output_format": _FORMAT, "cache_control": _MARKER}
_TURN = frozenset(("role", "content"))
_TOOL = frozenset(
    (
        "name", "description", "input_schema", "cache_control", "strict", "type", "input_examples", "defer_loading",
        "eager_input_streaming",
    )
)  # fmt: skip
_CUSTOM = (None, "custom")
_BLOCKS: Mapping[str, frozenset[str]] = {
    "text": frozenset(("type", "text", "cache_control")),
    "tool_use": frozenset(("type", "id", "name", "input", "cache_control")),
    "tool_result": frozenset(("type", "tool_use_id", "content", "is_error", "cache_control")),
    "thinking": frozenset(("type", "thinking", "signature")),
    "redacted_thinking": frozenset(("type", "data")),
    "image": frozenset(("type", "source", "cache_control")),
    "document": frozenset(("type", "source", "cache_control", "title", "context")),
}
_SOURCE = frozenset(("type", "media_type", "data", "url"))
_SOURCED = ("image", "document")


def look(tree: dict[str, Any]) -> Named:
    """Code is run in containers, for other tools of the provider's, too."""
    tools = tree.get("tools")
    hosted = type(tools) is list and not all(map(_of_the_client, tools))
    return named(names=hosted or not _plain(tree), makes=hosted or "container" in tree)


def _plain(tree: dict[str, Any]) -> bool:
    """It surely names nothing, in everything but its tools."""
    for key in tree.keys() - _TOP:
        value = tree[key]
        if value is None:
            continue
        if key == "messages":
            plain = type(value) is list and all(map(_turn, value))
        elif key == "system":
            plain = _content(value)
        elif key == "tools":
            plain = type(value) is list
        elif key == "output_config":
            plain = _leaf(value, _OUTPUT) and (value.get("format") is None or _leaf(value["format"], _FORMAT))
        else:
            plain = key in _INSIDE and _leaf(value, _INSIDE[key])
        if not plain:
            return False
    return True


def _turn(turn: Any) -> bool:
    return type(turn) is dict and _TURN.issuperset(turn) and _content(turn.get("content"))


def _content(content: Any) -> bool:
    return type(content) is str or (type(content) is list and all(map(_block, content)))


def _block(block: Any) -> bool:
    if type(block) is not dict or type(kind := block.get("type")) is not str:
        return False
    known = _BLOCKS.get(kind)
    if known is None or not known.issuperset(block):
        return False
    if "cache_control" in block and not _marker(block):
        return False
    if kind == "tool_result":
        content = block.get("content")
        return content is None or _content(content)
    return kind not in _SOURCED or _leaf(block.get("source"), _SOURCE)


def _of_the_client(tool: Any) -> bool:
    return type(tool) is dict and _TOOL.issuperset(tool) and tool.get("type") in _CUSTOM and _marker(tool)


def _leaf(node: Any, known: frozenset[str]) -> bool:
    return type(node) is dict and known.issuperset(node)


def _marker(node: dict[str, Any]) -> bool:
    marker = node.get("cache_control")
    return marker is None or _leaf(marker, _MARKER)


NAMING = Naming(look=look, opened=FIELDS.opened, marked=marked)

"""A request from the wire to the canonical chat."""

from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.chat import Chat, Format, Message, Role, Tool, ToolChoice
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import read_blocks, reasoning
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.reading import (
    Node,
    mapping,
    optional_flag,
    optional_integer,
    optional_number,
    optional_string,
    sequence,
    string,
    unknown,
    wrong,
)

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_KNOWN = frozenset(
    [
        "model",
        "messages",
        "system",
        "max_tokens",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "top_k",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "output_format",
        "metadata",
    ]
)
_DEFAULTS = {"service_tier": "auto", "speed": "standard"}
_MESSAGE = frozenset(("role", "content"))
_TOOL = frozenset(("type", "name", "description", "input_schema", "strict", "cache_control", "allowed_callers"))


def decode(raw: bytes, ask: Ask) -> Chat:
    """A body of `/v1/messages` or of `/v1/messages/count_tokens`, which has no `max_tokens`."""
    try:
        tree = _tree.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, "the body is not a JSON object") from error
    notes = Notes()
    unknown({k: v for k, v in tree.items() if _DEFAULTS.get(k) != v}, _KNOWN, "", notes)
    choice, parallel = _tool_choice(tree)
    return Chat(
        model=ask.model,
        messages=_messages(tree, notes),
        tools=_tools(tree, notes),
        tool_choice=choice,
        parallel_tools=parallel,
        max_tokens=optional_integer(tree, "max_tokens"),
        temperature=optional_number(tree, "temperature"),
        top_p=optional_number(tree, "top_p"),
        top_k=optional_integer(tree, "top_k"),
        stop=_stop(tree),
        format=_format(tree, notes),
        reasoning=reasoning.read(tree, notes),
        user=_user(tree, notes),
        stream=ask.stream,
        unsaid=notes.names(),
    )


def _messages(tree: Node, notes: Notes) -> tuple[Message, ...]:
    found = []
    if tree.get("system") is not None:
        blocks = read_blocks.plain(tree["system"], "system", notes)
        found += [Message("system", blocks)] if blocks else []
    for i, item in enumerate(sequence(tree.get("messages"), "messages")):
        where = f"messages.{i}"
        node = mapping(item, where)
        role = _ROLES.get(string(node, "role", where))
        if role is None:
            raise wrong(f"{where}.role", "user, assistant or system")
        unknown(node, _MESSAGE, where, notes)
        found.append(Message(role, read_blocks.content(node.get("content"), f"{where}.content", notes)))
    return tuple(found)


def _tools(tree: Node, notes: Notes) -> tuple[Tool, ...]:
    found = []
    for i, item in enumerate(sequence(tree["tools"], "tools") if tree.get("tools") is not None else ()):
        where = f"tools.{i}"
        node = mapping(item, where)
        if optional_string(node, "type", where) not in ("", "custom"):
            notes.add(f"{where} ({node['type']})")
            continue
        unknown(node, _TOOL, where, notes)
        if node.get("allowed_callers") not in (None, ["direct"]):
            notes.add(f"{where}.allowed_callers")
        found.append(
            Tool(
                string(node, "name", where),
                optional_string(node, "description", where),
                Raw(_encode(mapping(node.get("input_schema"), f"{where}.input_schema"))),
                optional_flag(node, "strict", where),
                read_blocks.cache(node, where),
            )
        )
    return tuple(found)


def _tool_choice(tree: Node) -> tuple[ToolChoice | None, bool | None]:
    """The choice, and whether calls may come in parallel."""
    if tree.get("tool_choice") is None:
        return None, None
    node = mapping(tree["tool_choice"], "tool_choice")
    single = optional_flag(node, "disable_parallel_tool_use", "tool_choice")
    parallel = None if single is None else not single
    match string(node, "type", "tool_choice"):
        case "auto":
            return ToolChoice("auto"), parallel
        case "any":
            return ToolChoice("required"), parallel
        case "none":
            return ToolChoice("none"), parallel
        case "tool":
            return ToolChoice("tool", string(node, "name", "tool_choice")), parallel
        case _:
            raise wrong("tool_choice.type", "auto, any, tool or none")


def _stop(tree: Node) -> tuple[str, ...]:
    if tree.get("stop_sequences") is None:
        return ()
    found = sequence(tree["stop_sequences"], "stop_sequences")
    for i, item in enumerate(found):
        if not isinstance(item, str):
            raise wrong(f"stop_sequences.{i}", "a string")
    return tuple(found)


def _format(tree: Node, notes: Notes) -> Format | None:
    """`output_config.format`, or `output_format`, as it was called while it was in beta."""
    where, node = "output_format", tree.get("output_format")
    if tree.get("output_config") is not None:
        config = mapping(tree["output_config"], "output_config")
        unknown(config, frozenset(("format", "effort")), "output_config", notes)
        if config.get("format") is not None:
            where, node = "output_config.format", config["format"]
    if node is None:
        return None
    node = mapping(node, where)
    if string(node, "type", where) != "json_schema":
        notes.add(f"{where} ({node['type']})")
        return None
    unknown(node, frozenset(("type", "schema")), where, notes)
    return Format("schema", Raw(_encode(mapping(node.get("schema"), f"{where}.schema"))))


def _user(tree: Node, notes: Notes) -> str:
    if tree.get("metadata") is None:
        return ""
    node = mapping(tree["metadata"], "metadata")
    unknown(node, frozenset(("user_id",)), "metadata", notes)
    return optional_string(node, "user_id", "metadata")

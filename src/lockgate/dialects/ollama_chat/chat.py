"""Requests: wire to canonical. Ollama API reference, "Generate a chat message"."""

from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.chat import Chat, Format, Reasoning, Tool
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import fields
from lockgate.dialects.ollama_chat.fields import Node, wrong
from lockgate.dialects.ollama_chat.turns import Turns

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode

_KNOWN = frozenset({"model", "messages", "tools", "format", "options", "stream", "think", "logprobs", "top_logprobs"})
_OPTIONS = frozenset(
    {"temperature", "top_p", "top_k", "num_predict", "seed", "stop", "presence_penalty", "frequency_penalty"}
)
_TOOL = frozenset({"type", "function"})
_FUNCTION = frozenset({"name", "description", "parameters", "strict"})
LEVELS = ("low", "medium", "high", "max")
_NO_LIMIT = -1


def decode(raw: bytes, ask: Ask) -> Chat:
    """Raises `Problem(INVALID)` with the path of a field that has the wrong type."""
    try:
        tree = _tree.decode(raw)
    except (ValueError, RecursionError):
        raise Problem(Kind.INVALID, "the body is not a valid JSON object") from None
    options = fields.mapping(tree, "options")
    turns = Turns()
    unsaid = fields.unknown(tree, _KNOWN)
    messages = turns.read(fields.objects(tree, "messages"))
    return Chat(
        model=ask.model,
        messages=messages,
        tools=_tools(tree, unsaid),
        max_tokens=_limit(options, unsaid),
        temperature=fields.number(options, "temperature", "options"),
        top_p=fields.number(options, "top_p", "options"),
        top_k=fields.whole(options, "top_k", "options"),
        frequency_penalty=fields.number(options, "frequency_penalty", "options"),
        presence_penalty=fields.number(options, "presence_penalty", "options"),
        seed=fields.whole(options, "seed", "options"),
        stop=_stop(options),
        logprobs=bool(fields.flag(tree, "logprobs")),
        top_logprobs=fields.whole(tree, "top_logprobs") or None,
        format=_format(tree),
        reasoning=_reasoning(tree),
        stream=ask.stream,
        unsaid=(*unsaid, *fields.unknown(options, _OPTIONS, "options"), *turns.unsaid),
    )


def _limit(options: Node, unsaid: list[str]) -> int | None:
    """-1 is no limit, the default; -2, to fill the context, and nothing at all have no word elsewhere."""
    limit = fields.whole(options, "num_predict", "options")
    if limit is None or limit == _NO_LIMIT:
        return None
    if limit < 1:
        unsaid.append("options.num_predict")
        return None
    return limit


def _stop(options: Node) -> tuple[str, ...]:
    stop = options.get("stop")
    if isinstance(stop, str):
        return (stop,) if stop else ()
    return tuple(fields.strings(options, "stop", "options"))


def _tools(tree: Node, unsaid: list[str]) -> tuple[Tool, ...]:
    found = []
    for i, node in enumerate(fields.objects(tree, "tools")):
        where = f"tools.{i}"
        if (fields.text(node, "type", where) or "function") != "function":
            unsaid.append(where)
            continue
        unsaid += fields.unknown(node, _TOOL, where)
        found.append(_tool(fields.mapping(node, "function", where), f"{where}.function", unsaid))
    return tuple(found)


def _tool(function: Node, where: str, unsaid: list[str]) -> Tool:
    name = fields.text(function, "name", where)
    if not name:
        raise wrong(f"{where}.name", "the name of a function")
    unsaid += fields.unknown(function, _FUNCTION, where)
    tool = Tool(name, fields.text(function, "description", where), strict=fields.flag(function, "strict", where))
    schema = fields.mapping(function, "parameters", where)
    return msgspec.structs.replace(tool, schema=Raw(_encode(schema))) if schema else tool


def _format(tree: Node) -> Format | None:
    given = tree.get("format")
    if given is None or given == "":
        return None
    if given == "json":
        return Format("json")
    if not isinstance(given, dict):
        raise wrong("format", '"json" or a JSON schema')
    return Format("schema", Raw(_encode(given)))


def _reasoning(tree: Node) -> Reasoning | None:
    """Thoughts that were asked for come in a field of their own, so they are shown."""
    given = tree.get("think")
    if given is None:
        return None
    if isinstance(given, bool):
        return Reasoning(enabled=given, shown=given)
    if given not in LEVELS:
        raise wrong("think", f"true, false or one of {', '.join(LEVELS)}")
    return Reasoning(effort=given, shown=True)

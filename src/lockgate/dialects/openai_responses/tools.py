"""Tools of a request and the choice among them, to the canonical form.

Tools that OpenAI runs by itself, or that only its own models know, nobody else can offer: they are refused by name, and not left
out, for an answer without a search is another answer.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.chat import Tool, ToolChoice
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.parts import text_at, wrong
from lockgate.dialects.openai_responses import names
from lockgate.dialects.openai_responses.parts import Part, kind_of

_encode = msgspec.json.Encoder().encode
_FREE = Raw(
    b'{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}'
)
"""A tool that takes any text, as a function: its text is the one argument."""


def tools(nodes: Any, where: str) -> Iterator[Tool]:
    for i, node in enumerate(nodes or ()):
        yield from tool(node, f"{where}.{i}")


def tool(node: Any, where: str, group: str = "") -> Iterator[Tool]:
    if not isinstance(node, dict):
        raise wrong(where, "an object")
    kind = kind_of(node)
    if kind in ("function", "custom"):
        yield _function(node, where, group) if kind == "function" else _free(node, where, group)
    elif kind == "namespace" and not group:
        inner, name = node.get("tools"), _name(node, where)
        if not isinstance(inner, list):
            raise wrong(f"{where}.tools", "an array")
        for i, each in enumerate(inner):
            yield from tool(each, f"{where}.tools.{i}", name)
    else:
        raise _foreign(kind, where)


def _function(node: Part, where: str, group: str) -> Tool:
    strict, schema = node.get("strict"), node.get("parameters")
    if strict is not None and not isinstance(strict, bool):
        raise wrong(f"{where}.strict", "true or false")
    name, about = names.joined(group, _name(node, where)), text_at(node, "description", where)
    if schema is None:
        return Tool(name, about, strict=strict)
    if not isinstance(schema, dict):
        raise wrong(f"{where}.parameters", "a JSON schema")
    return Tool(name, about, Raw(_encode(schema)), strict)


def _free(node: Part, where: str, group: str) -> Tool:
    about, format_ = text_at(node, "description", where), node.get("format")
    if isinstance(format_, dict) and isinstance(format_.get("definition"), str):
        about += f"\n\nThe input keeps to this grammar ({str(format_.get('syntax'))[:20]}):\n{format_['definition']}"
    return Tool(names.joined(group, _name(node, where)), about.strip(), _FREE)


def _name(node: Part, where: str) -> str:
    if name := text_at(node, "name", where):
        return name
    raise wrong(f"{where}.name", "a name")


def _foreign(kind: str, where: str) -> Problem:
    what = f"the tool {kind or 'without a type'} is OpenAI's own"
    return Problem(Kind.INVALID, f"{where}: {what}; this model is served by who does not have it", where=where)


def choice(said: Any) -> ToolChoice | None:
    if said is None:
        return None
    if isinstance(said, str):
        return _mode(said)
    if not isinstance(said, dict):
        raise wrong("tool_choice", "a string or an object")
    kind = kind_of(said)
    if kind in ("function", "custom"):
        return ToolChoice("tool", _name(said, "tool_choice"))
    if kind == "allowed_tools":
        return _allowed(said)
    raise _foreign(kind, "tool_choice")


def _mode(word: str) -> ToolChoice:
    match word:
        case "auto" | "none" | "required":
            return ToolChoice(word)
    raise wrong("tool_choice", "one of auto, none, required")


def _allowed(said: Part) -> ToolChoice:
    nodes, mode = said.get("tools"), said.get("mode", "auto")
    if not isinstance(nodes, list):
        raise wrong("tool_choice.tools", "an array")
    if mode not in ("auto", "required"):
        raise wrong("tool_choice.mode", "auto or required")
    found = []
    for i, node in enumerate(nodes):
        where = f"tool_choice.tools.{i}"
        if not isinstance(node, dict):
            raise wrong(where, "an object")
        if kind_of(node) not in ("function", "custom"):
            raise _foreign(kind_of(node), where)
        found.append(_name(node, where))
    return ToolChoice(mode, allowed=tuple(found))

"""Tools and the choice among them, both ways."""

from typing import Any

from msgspec import Raw

from lockgate.core.chat import Chat, Tool, ToolChoice
from lockgate.dialects.gemini_generate import schema, wire
from lockgate.dialects.gemini_generate.fields import Fields, wrong

_EMPTY = {"type", "properties", "additionalProperties", "required", "$schema"}


def decode(request: Fields) -> tuple[Tool, ...]:
    """Functions become tools; the upstream's own tools (search, code execution …) have no word elsewhere."""
    tools: list[Tool] = []
    for group in request.children("tools"):
        tools.extend(_tool(declared) for declared in group.children("functionDeclarations"))
        group.close()
    return tuple(tools)


def _tool(declared: Fields) -> Tool:
    name, description = declared.text("name"), declared.text("description")
    if not name:
        raise wrong(declared.at("name"), "a name")
    own, standard = declared.take("parameters"), declared.take("parametersJsonSchema")
    declared.close()
    if standard is not None:
        return Tool(name, description, Raw(wire.encode(standard)))
    return Tool(name, description, schema.to_json_schema(own)) if own is not None else Tool(name, description)


def decode_choice(request: Fields) -> ToolChoice | None:
    config = request.child("toolConfig")
    if config is None:
        return None
    calling = config.child("functionCallingConfig")
    config.close()
    if calling is None:
        return None
    mode, allowed = calling.text("mode").upper(), calling.strings("allowedFunctionNames")
    if mode == "VALIDATED" and not allowed:
        calling.lose("mode")
    calling.close()
    return _choice(mode, allowed, calling.at("mode"))


def _choice(mode: str, allowed: tuple[str, ...], where: str) -> ToolChoice | None:
    match mode:
        case "" | "MODE_UNSPECIFIED":
            return None
        case "AUTO" | "VALIDATED":
            return ToolChoice("auto", allowed=allowed)
        case "NONE":
            return ToolChoice("none")
        case "ANY" if len(allowed) == 1:
            return ToolChoice("tool", allowed[0])
        case "ANY":
            return ToolChoice("required", allowed=allowed)
        case _:
            raise wrong(where, "AUTO, ANY, NONE or VALIDATED")


def encode(chat: Chat, lost: list[str]) -> dict[str, Any]:
    """The `tools` and `toolConfig` of a request."""
    said: dict[str, Any] = {}
    if chat.tools:
        said["tools"] = [{"functionDeclarations": [_declared(tool, lost) for tool in chat.tools]}]
        if chat.tool_choice is not None:  # the API refuses a choice where there is nothing to choose from
            said["toolConfig"] = {"functionCallingConfig": _calling(chat.tool_choice)}
    elif chat.tool_choice is not None and chat.tool_choice.mode in ("required", "tool"):
        lost.append("tool choice without tools")
    if chat.parallel_tools is False:
        lost.append("one tool call at a time")
    return said


def _declared(tool: Tool, lost: list[str]) -> dict[str, Any]:
    if tool.strict:
        lost.append("strict tools")
    if tool.cache:
        lost.append("cache markers")
    declared: dict[str, Any] = {"name": tool.name}
    if tool.description:
        declared["description"] = tool.description
    if not _takes_nothing(tool.schema):
        declared["parametersJsonSchema"] = tool.schema
    return declared


def _takes_nothing(raw: Raw) -> bool:
    """An object without properties: the API wants no schema at all for a function without parameters."""
    try:
        tree = wire.tree.decode(raw)
    except ValueError:
        return True
    return isinstance(tree, dict) and not tree.get("properties") and tree.keys() <= _EMPTY


def _calling(choice: ToolChoice) -> dict[str, Any]:
    match choice.mode:
        case "none":
            return {"mode": "NONE"}
        case "tool":
            return {"mode": "ANY", "allowedFunctionNames": [choice.name]}
        case "required":
            mode = "ANY"
        case "auto":
            mode = "VALIDATED" if choice.allowed else "AUTO"  # names go with ANY and VALIDATED only
    return {"mode": mode, "allowedFunctionNames": list(choice.allowed)} if choice.allowed else {"mode": mode}

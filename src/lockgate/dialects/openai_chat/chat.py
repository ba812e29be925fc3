"""Requests: wire to canonical."""

from collections.abc import Sequence
from typing import Any

from msgspec import Raw

from lockgate.core.chat import Chat, Format, Reasoning, Tool, ToolChoice
from lockgate.core.dialect import Ask
from lockgate.dialects.openai_chat import asked
from lockgate.dialects.openai_chat.called import end_user, metadata
from lockgate.dialects.openai_chat.parts import cache, wrong
from lockgate.dialects.openai_chat.turns import Turns
from lockgate.dialects.openai_chat.wire import present


def decode(raw: bytes, ask: Ask) -> Chat:
    """Raises `Problem(INVALID)` with the place of what is wrong."""
    request, unsaid = asked.read(raw)
    turns = Turns()
    messages = turns.read(request.messages)
    if request.n is not None and request.n < 1:
        raise wrong("n", "at least 1")
    return Chat(
        model=ask.model or request.model,
        messages=messages,
        tools=_tools(request, unsaid),
        tool_choice=_choice(request, unsaid),
        parallel_tools=request.parallel_tool_calls,
        max_tokens=request.max_tokens if request.max_completion_tokens is None else request.max_completion_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        top_k=request.top_k,
        frequency_penalty=request.frequency_penalty,
        presence_penalty=request.presence_penalty,
        seed=request.random_seed if request.seed is None else request.seed,
        stop=(request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ()),
        n=request.n or 1,
        logprobs=bool(request.logprobs),
        top_logprobs=request.top_logprobs,
        format=_format(request.response_format, unsaid),
        reasoning=_reasoning(request),
        metadata=metadata(request.metadata, unsaid),
        user=end_user(request.user, request.safety_identifier, unsaid),
        stream=ask.stream,
        unsaid=(*unsaid, *turns.unsaid),
    )


def _tools(request: asked.Request, unsaid: list[str]) -> tuple[Tool, ...]:
    found = [_tool(function, f"functions.{i}") for i, function in enumerate(request.functions or ())]
    for i, tool in enumerate(request.tools or ()):
        if tool.type == "function":
            if tool.function is None:
                raise wrong(f"tools.{i}.function", "an object")
            found.append(_tool(tool.function, f"tools.{i}.function", cache(tool.cache_control)))
        else:
            unsaid.append(f"tools.{i} ({tool.type[:40]})")
    return tuple(found)


def _tool(function: asked.Function, where: str, marker: str = "") -> Tool:
    about = function.description or ""
    if not present(function.parameters):
        return Tool(function.name, about, strict=function.strict, cache=marker)
    return Tool(function.name, about, _object(function.parameters, f"{where}.parameters"), function.strict, marker)


def _object(schema: Raw, where: str) -> Raw:
    if bytes(schema)[:1] != b"{":
        raise wrong(where, "a JSON schema")
    return schema.copy()


def _choice(request: asked.Request, unsaid: list[str]) -> ToolChoice | None:
    if request.tool_choice is None:
        return _legacy(request.function_call)
    choice = request.tool_choice
    if isinstance(choice, str):
        return _mode(choice, "tool_choice")
    if not isinstance(choice, dict):
        raise wrong("tool_choice", "a string or an object")
    kind = choice.get("type")
    if kind == "allowed_tools":
        return _allowed(choice.get("allowed_tools"))
    if kind in ("auto", "none", "required", "any"):
        return _mode(kind, "tool_choice.type")
    if kind == "function" or "function" in choice:
        return ToolChoice("tool", _name(choice.get("function"), "tool_choice.function"))
    unsaid.append(f"tool_choice ({str(kind)[:40]})")
    return None


def _legacy(choice: Any) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str):
        return _mode(choice, "function_call")
    return ToolChoice("tool", _name(choice, "function_call"))


def _mode(word: str, where: str) -> ToolChoice:
    match word:
        case "auto" | "none" | "required":
            return ToolChoice(word)
        case "any":  # Mistral
            return ToolChoice("required")
    raise wrong(where, "one of auto, none, required")


def _name(function: Any, where: str) -> str:
    name = function.get("name") if isinstance(function, dict) else None
    if isinstance(name, str) and name:
        return name
    raise wrong(f"{where}.name", "a name")


def _allowed(allowed: Any) -> ToolChoice:
    where = "tool_choice.allowed_tools"
    tools = allowed.get("tools") if isinstance(allowed, dict) else None
    if not isinstance(tools, list):
        raise wrong(f"{where}.tools", "an array")
    mode = allowed.get("mode", "auto")
    if mode not in ("auto", "required"):
        raise wrong(f"{where}.mode", "auto or required")
    functions: Sequence[Any] = [tool.get("function") if isinstance(tool, dict) else None for tool in tools]
    names = (_name(function, f"{where}.tools.{i}.function") for i, function in enumerate(functions))
    return ToolChoice(mode, allowed=tuple(names))


def _format(format_: asked.Format | None, unsaid: list[str]) -> Format | None:
    if format_ is None or format_.type == "text":
        return None
    if format_.type == "json_object":
        return Format("json")
    if format_.type != "json_schema":
        unsaid.append(f"response_format ({format_.type[:40]})")
        return None
    schema = format_.json_schema
    if schema is None or not present(schema.schema):
        raise wrong("response_format.json_schema.schema", "a JSON schema")
    shape = _object(schema.schema, "response_format.json_schema.schema")
    return Format("schema", shape, schema.name or "answer", schema.description or "", schema.strict)


def _reasoning(request: asked.Request) -> Reasoning | None:
    """OpenAI's effort word; OpenRouter's object; DeepSeek's switch."""
    shown = request.include_reasoning
    if request.reasoning is not None:
        more = request.reasoning
        effort = more.effort or request.reasoning_effort or ""
        if more.exclude is not None:
            shown = not more.exclude
        return Reasoning(more.enabled is not False and effort != "none", effort, more.max_tokens, shown)
    enabled = request.reasoning_effort != "none"
    if request.thinking is not None and request.thinking.type == "disabled":
        enabled = False
    if request.reasoning_effort or request.thinking is not None or shown is not None:
        return Reasoning(enabled, request.reasoning_effort or "", shown=shown)
    return None

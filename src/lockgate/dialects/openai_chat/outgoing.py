"""Requests: canonical to wire. OpenAI's own words; providers that differ adapt them (`copies.py`)."""

import msgspec

from lockgate.core.chat import Chat, Format, Reasoning, Tool, ToolChoice
from lockgate.core.dialect import Encoded
from lockgate.dialects.openai_chat.called import user
from lockgate.dialects.openai_chat.outgoing_turns import Losses, Wire, messages

_encode = msgspec.json.Encoder().encode
_MOST_STOPS = 4  # "Up to 4 sequences", says the reference of `stop`


def encode(chat: Chat) -> Encoded:
    lost = Losses()
    wire: Wire = {"model": chat.model, "messages": messages(chat.messages, lost)}
    _tools(chat, wire, lost)
    _sampling(chat, wire, lost)
    if chat.format is not None:
        wire["response_format"] = _format(chat.format)
    if chat.reasoning is not None:
        _reasoning(chat.reasoning, wire, lost)
    if chat.metadata:
        wire["metadata"] = chat.metadata
    if chat.user:
        wire["user"] = user(chat.user)
    if chat.stream:
        wire["stream"] = True
        wire["stream_options"] = {"include_usage": True}  # the gateway counts, whether the client does or not
    return Encoded(_encode(wire), lost.all())


def _tools(chat: Chat, wire: Wire, lost: Losses) -> None:
    """OpenAI refuses a choice of tools where there are none."""
    if not chat.tools:
        return
    wire["tools"] = [_tool(tool, lost) for tool in chat.tools]
    if chat.tool_choice is not None:
        wire["tool_choice"] = _choice(chat.tool_choice)
    if chat.parallel_tools is not None:
        wire["parallel_tool_calls"] = chat.parallel_tools


def _tool(tool: Tool, lost: Losses) -> Wire:
    if tool.cache:
        lost.add("cache markers")
    function: Wire = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = tool.schema
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def _choice(choice: ToolChoice) -> str | Wire:
    if choice.mode == "tool":
        return {"type": "function", "function": {"name": choice.name}}
    if choice.allowed and choice.mode != "none":
        tools = [{"type": "function", "function": {"name": name}} for name in choice.allowed]
        return {"type": "allowed_tools", "allowed_tools": {"mode": choice.mode, "tools": tools}}
    return choice.mode


def _sampling(chat: Chat, wire: Wire, lost: Losses) -> None:
    said: Wire = {
        "max_completion_tokens": chat.max_tokens,
        "temperature": chat.temperature,
        "top_p": chat.top_p,
        "frequency_penalty": chat.frequency_penalty,
        "presence_penalty": chat.presence_penalty,
        "seed": chat.seed,
        "stop": list(chat.stop[:_MOST_STOPS]) or None,
        "n": chat.n if chat.n > 1 else None,
        "logprobs": chat.logprobs or None,
        "top_logprobs": chat.top_logprobs if chat.logprobs else None,
    }
    wire.update((key, value) for key, value in said.items() if value is not None)
    if chat.top_k is not None:
        lost.add("top_k")
    if len(chat.stop) > _MOST_STOPS:
        lost.add(f"stop sequences above {_MOST_STOPS}")


def _format(format_: Format) -> Wire:
    if format_.kind == "json":
        return {"type": "json_object"}
    schema: Wire = {"name": format_.name, "schema": format_.schema}
    if format_.description:
        schema["description"] = format_.description
    if format_.strict is not None:
        schema["strict"] = format_.strict
    return {"type": "json_schema", "json_schema": schema}


def _reasoning(reasoning: Reasoning, wire: Wire, lost: Losses) -> None:
    """An effort word. A budget becomes the nearest one; "off" is only said where the client used the word for it."""
    if reasoning.effort:
        wire["reasoning_effort"] = reasoning.effort
    elif not reasoning.enabled:
        lost.add("thinking switched off")  # "none" is refused by all models but the newest
    elif reasoning.budget is not None:
        wire["reasoning_effort"] = _effort(reasoning.budget)
    if reasoning.budget is not None:
        lost.add("thinking budget")
    if reasoning.shown is not None:
        lost.add("showing of thoughts")


def _effort(budget: int) -> str:
    if budget <= 4096:
        return "low"
    return "medium" if budget <= 16384 else "high"

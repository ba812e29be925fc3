"""Requests: canonical to wire. What is asked for a client of another dialect is kept nowhere: `store` is false."""

import msgspec

from lockgate.core.chat import Chat, Format, Reasoning, Tool, ToolChoice
from lockgate.core.dialect import Encoded
from lockgate.dialects.openai_chat.called import user
from lockgate.dialects.openai_responses import asked
from lockgate.dialects.openai_responses.losses import Losses
from lockgate.dialects.openai_responses.outgoing_items import Wire, instructions, items

_encode = msgspec.json.Encoder().encode


def encode(chat: Chat) -> Encoded:
    lost = Losses()
    told, turns = instructions(chat.messages)
    wire: Wire = {"model": chat.model}
    if told:
        wire["instructions"] = told
    wire["input"] = items(turns, lost)
    wire["store"] = False
    _tools(chat, wire, lost)
    _sampling(chat, wire, lost)
    if chat.format is not None:
        wire["text"] = {"format": _format(chat.format)}
    if chat.reasoning is not None:
        _reasoning(chat.reasoning, wire, lost)
    if chat.metadata:
        wire["metadata"] = chat.metadata
    if chat.user:
        wire["user"] = user(chat.user)
    if chat.stream:
        wire["stream"] = True
    return Encoded(_encode(wire), lost.all())


def _tools(chat: Chat, wire: Wire, lost: Losses) -> None:
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
    found: Wire = {"type": "function", "name": tool.name}
    if tool.description:
        found["description"] = tool.description
    # Where nothing is said, this API takes true, and others false.
    return found | {"parameters": tool.schema, "strict": bool(tool.strict)}


def _choice(choice: ToolChoice) -> str | Wire:
    if choice.mode == "tool":
        return {"type": "function", "name": choice.name}
    if choice.allowed and choice.mode != "none":
        tools = [{"type": "function", "name": name} for name in choice.allowed]
        return {"type": "allowed_tools", "mode": choice.mode, "tools": tools}
    return choice.mode


def _sampling(chat: Chat, wire: Wire, lost: Losses) -> None:
    said: Wire = {
        "max_output_tokens": chat.max_tokens,
        "temperature": chat.temperature,
        "top_p": chat.top_p,
        "top_logprobs": chat.top_logprobs if chat.logprobs else None,
        "include": [asked.LOGPROBS] if chat.logprobs else None,
    }
    wire.update((key, value) for key, value in said.items() if value is not None)
    unsaid = {
        "top_k": chat.top_k,
        "frequency_penalty": chat.frequency_penalty,
        "presence_penalty": chat.presence_penalty,
        "seed": chat.seed,
        "stop sequences": chat.stop or None,
        "n above 1": chat.n if chat.n > 1 else None,
    }
    for name, value in unsaid.items():
        if value is not None:
            lost.add(name)


def _format(format_: Format) -> Wire:
    if format_.kind == "json":
        return {"type": "json_object"}
    schema: Wire = {"type": "json_schema", "name": format_.name, "schema": format_.schema}
    if format_.description:
        schema["description"] = format_.description
    if format_.strict is not None:
        schema["strict"] = format_.strict
    return schema


def _reasoning(reasoning: Reasoning, wire: Wire, lost: Losses) -> None:
    """An effort word; a budget becomes the nearest one. Thoughts come back sealed, so that they can be sent again."""
    found: Wire = {}
    if reasoning.effort:
        found["effort"] = reasoning.effort
    elif not reasoning.enabled:
        found["effort"] = "none"
    elif reasoning.budget is not None:
        found["effort"] = _effort(reasoning.budget)
    if reasoning.budget is not None:
        lost.add("thinking budget")
    if reasoning.shown:
        found["summary"] = "auto"
    if found:
        wire["reasoning"] = found
    if reasoning.enabled and reasoning.effort != "none":
        wire["include"] = [*wire.get("include", ()), asked.ENCRYPTED]


def _effort(budget: int) -> str:
    if budget <= 4096:
        return "low"
    return "medium" if budget <= 16384 else "high"

"""Requests: canonical to wire. Ollama API reference, "Generate a chat message"; names of options as in a Modelfile."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat, Reasoning, Tool
from lockgate.core.dialect import Encoded
from lockgate.dialects.ollama_chat.losses import Losses
from lockgate.dialects.ollama_chat.outgoing_turns import Turns

_encode = msgspec.json.Encoder().encode

_LEVELS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "max"}
_SAME = ("low", "medium", "high", "max")


def encode(chat: Chat) -> Encoded:
    """Names in `lost` what Ollama has no field for."""
    lost = Losses()
    wire: dict[str, Any] = {"model": chat.model, "messages": Turns(chat.messages, lost).wired(), "stream": chat.stream}
    if tools := [_tool(tool, lost) for tool in _offered(chat, lost)]:
        wire["tools"] = tools
    if chat.format:
        wire["format"] = "json" if chat.format.kind == "json" else chat.format.schema
    if chat.reasoning:
        wire["think"] = _think(chat.reasoning, lost)
    if chat.logprobs:
        wire["logprobs"] = True
        if chat.top_logprobs:
            wire["top_logprobs"] = chat.top_logprobs
    if options := _options(chat):
        wire["options"] = options
    _name_losses(chat, lost)
    return Encoded(_encode(wire), lost.all())


def _options(chat: Chat) -> dict[str, Any]:
    given = {
        "num_predict": chat.max_tokens,
        "temperature": chat.temperature,
        "top_p": chat.top_p,
        "top_k": chat.top_k,
        "presence_penalty": chat.presence_penalty,
        "frequency_penalty": chat.frequency_penalty,
        "seed": chat.seed,
        "stop": list(chat.stop) or None,
    }
    return {key: value for key, value in given.items() if value is not None}


def _offered(chat: Chat, lost: Losses) -> tuple[Tool, ...]:
    """There is no tool choice: to call none, none is offered; to narrow it, only those; to force it cannot be said."""
    choice = chat.tool_choice
    if not choice:
        return chat.tools
    if choice.mode == "none":
        return ()
    lost.add("tool choice", choice.mode in ("required", "tool"))
    wanted = (choice.name,) if choice.mode == "tool" else choice.allowed
    return tuple(tool for tool in chat.tools if not wanted or tool.name in wanted)


def _tool(tool: Tool, lost: Losses) -> dict[str, Any]:
    lost.add("strict tools", tool.strict)
    lost.add("cache markers", tool.cache)
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.schema},
    }


def _think(reasoning: Reasoning, lost: Losses) -> bool | str:
    if not reasoning.enabled or reasoning.effort == "none":
        return False
    lost.add("thinking budget", reasoning.budget is not None)
    lost.add("hiding the thinking", reasoning.shown is False)
    effort = reasoning.effort
    lost.add(f"reasoning effort {effort[:16]}", effort and effort not in _SAME)
    return _LEVELS.get(effort, True)


def _name_losses(chat: Chat, lost: Losses) -> None:
    lost.add("parallel tool calls off", chat.tools and chat.parallel_tools is False)
    lost.add("n above 1", chat.n > 1)
    lost.add("metadata", chat.metadata)
    lost.add("user", chat.user)
    if chat.format:
        lost.add("schema description", chat.format.description)

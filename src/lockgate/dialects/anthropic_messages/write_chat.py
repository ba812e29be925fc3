"""The canonical chat to a request on the wire, as the API takes it."""

import re
from hashlib import sha256

import msgspec

from lockgate.core.chat import Chat, Tool
from lockgate.core.dialect import Encoded
from lockgate.dialects.anthropic_messages import reasoning, schema, turns
from lockgate.dialects.anthropic_messages.generation import Generation, generation
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.reasoning import Thinks
from lockgate.dialects.anthropic_messages.write_blocks import Part, marker

_OPAQUE = re.compile(r"(?=.*[A-Za-z_])[A-Za-z0-9_-]{1,256}")
_encode = msgspec.json.Encoder().encode


def encode(chat: Chat) -> Encoded:
    notes, takes = Notes(), generation(chat.model)
    thinks = reasoning.written(chat, takes, notes)
    system, messages = turns.arranged(chat.messages, notes)
    wire: Part = {
        "model": chat.model,
        "max_tokens": thinks.max_tokens,
        "messages": [{"role": role, "content": turns.content(parts)} for role, parts in messages],
    }
    if system:
        wire["system"] = turns.content(system)
    _tools(wire, chat, takes, notes)
    _output(wire, chat, thinks, takes, notes)
    _sampling(wire, chat, thinks, takes, notes)
    _rest(wire, chat, notes)
    return Encoded(_encode(wire), notes.names())


def _tools(wire: Part, chat: Chat, takes: Generation, notes: Notes) -> None:
    choice = chat.tool_choice
    tools = [tool for tool in chat.tools if choice is None or not choice.allowed or tool.name in choice.allowed]
    if not tools:
        if choice is not None and choice.mode in ("required", "tool"):
            notes.add("tool choice without tools")
        return
    wire["tools"] = [_tool(tool, takes, notes) for tool in tools]
    chosen: Part = {}
    if choice is not None:
        chosen["type"] = {"required": "any"}.get(choice.mode, choice.mode)
        if choice.mode == "tool":
            chosen["name"] = choice.name
    if chat.parallel_tools is not None and chosen.get("type") != "none":
        chosen = {"type": "auto"} | chosen | {"disable_parallel_tool_use": not chat.parallel_tools}
    if chosen:
        wire["tool_choice"] = chosen


def _tool(tool: Tool, takes: Generation, notes: Notes) -> Part:
    part: Part = {"name": tool.name}
    if tool.description:
        part["description"] = tool.description
    strict = tool.strict and takes.schema
    if tool.strict and not strict:
        notes.add("strict tools")
    part["input_schema"] = schema.narrowed(tool.schema, notes) if strict else schema.with_object_type(tool.schema)
    if strict:
        part["strict"] = True
    if tool.cache:
        part["cache_control"] = marker(tool.cache)
    return part


def _output(wire: Part, chat: Chat, thinks: Thinks, takes: Generation, notes: Notes) -> None:
    if thinks.thinking is not None:
        wire["thinking"] = thinks.thinking
    config: Part = {}
    if chat.format is not None and chat.format.kind == "schema" and takes.schema:
        cut = schema.narrowed(chat.format.schema, notes, chat.format.description)
        config["format"] = {"type": "json_schema", "schema": cut}
    elif chat.format is not None:
        # A schema has to close its objects, so none of them means "any JSON".
        notes.add("JSON schema" if chat.format.kind == "schema" else "JSON without a schema")
    if thinks.effort:
        config["effort"] = thinks.effort
    if config:
        wire["output_config"] = config


def _sampling(wire: Part, chat: Chat, thinks: Thinks, takes: Generation, notes: Notes) -> None:
    """Page "Thinking": no temperature but 1, and no `top_k`, while the model thinks."""
    free = takes.sampling and not thinks.on
    temperature, top_p = chat.temperature, chat.top_p
    if temperature is not None and temperature > 1:
        notes.add("temperature above 1")
        temperature = 1.0
    if temperature is not None:
        if free:
            wire["temperature"] = temperature
        elif temperature != 1:
            notes.add("temperature")
    if top_p is not None and top_p != 1:
        if free and (temperature is None or takes.both_samplers):
            wire["top_p"] = top_p
        else:
            notes.add("top_p")
    if chat.top_k is not None:
        if free:
            wire["top_k"] = chat.top_k
        else:
            notes.add("top_k")


def _rest(wire: Part, chat: Chat, notes: Notes) -> None:
    visible = [text for text in chat.stop if text.strip()]
    if len(visible) < len(chat.stop):
        notes.add("stop sequences of white space")
    if visible:
        wire["stop_sequences"] = visible
    if chat.user:
        wire["metadata"] = {"user_id": _user(chat.user, notes)}
    if chat.stream:
        wire["stream"] = True
    for name, said in (
        ("frequency_penalty", chat.frequency_penalty),
        ("presence_penalty", chat.presence_penalty),
        ("seed", chat.seed is not None),
        ("n above 1", chat.n > 1),
        ("logprobs", chat.logprobs),
        ("metadata", chat.metadata),
    ):
        if said:
            notes.add(name)


def _user(said: str, notes: Notes) -> str:
    """The API wants an opaque id, and refuses what looks like an address or a telephone number: of that a hash goes."""
    if _OPAQUE.fullmatch(said):
        return said
    notes.add("user as it was said")
    return sha256(said.encode()).hexdigest()

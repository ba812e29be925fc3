"""Requests: wire to canonical and back."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import contents, settings, tools, wire
from lockgate.dialects.gemini_generate.fields import Fields
from lockgate.dialects.gemini_generate.turns import Turns


def decode(raw: bytes, ask: Ask) -> Chat:
    try:
        return _decode(wire.tree.decode(raw), ask)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Problem(Kind.INVALID, "the body is not valid JSON, or too deep") from error


def _decode(tree: Any, ask: Ask) -> Chat:
    unsaid: list[str] = []
    request = Fields(tree, "", unsaid)
    request.take("model")  # the path says it, and `target.ask` has seen that they agree
    messages = contents.decode(request)
    chat = Chat(
        model=ask.model,
        messages=messages,
        tools=tools.decode(request),
        tool_choice=tools.decode_choice(request),
        stream=ask.stream,
        **settings.decode(request),
    )
    request.close()
    return msgspec.structs.replace(chat, unsaid=tuple(dict.fromkeys(unsaid)))


def encode(chat: Chat) -> Encoded:
    lost: list[str] = []
    turns = Turns(chat.model, lost)
    for message in chat.messages:
        turns.add(message)
    turns.close()
    request: dict[str, Any] = {"contents": turns.contents}
    if turns.system:
        request["systemInstruction"] = {"parts": turns.system}
    request |= tools.encode(chat, lost)
    if config := settings.encode(chat, lost):
        request["generationConfig"] = config
    if chat.metadata:
        lost.append("metadata")
    if chat.user:
        lost.append("user")
    return Encoded(wire.encode(request), tuple(dict.fromkeys(lost)))

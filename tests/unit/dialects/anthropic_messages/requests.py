"""One way to read a request and one to write it, and the little that every request has."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat, Media, Message, Text
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import ASK

BASE: dict[str, Any] = {"model": "claude-opus-5", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}


def read(**changes: Any) -> Chat:
    return plugin.decode_chat(msgspec.json.encode(BASE | changes), ASK)


USER = Message("user", (Text("hi"),))


PNG = Media("image", mime="image/png", data="iVBORw0KGgo=")


def written(*messages: Message, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = plugin.encode_chat(Chat(**{"model": "claude-opus-4-5", "messages": messages or (USER,)} | fields))
    return msgspec.json.decode(encoded.wire), encoded.lost

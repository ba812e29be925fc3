"""A request of any content, read into the canonical chat: whole, or its turns."""

from typing import Any

import msgspec

from lockgate.core.dialect import Ask
from lockgate.dialects.openai_chat import plugin

ASK = Ask(model="m")


def chat(**fields: Any) -> Any:
    return plugin.decode_chat(msgspec.json.encode({"model": "m", "messages": [], **fields}), ASK)


def turns(*messages: Any) -> Any:
    return chat(messages=list(messages)).messages

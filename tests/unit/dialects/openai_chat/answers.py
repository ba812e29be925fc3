"""A whole answer of any blocks, written, and read back by the SDK."""

from typing import Any

import msgspec
from openai.types.chat import ChatCompletion

from lockgate.core.answer import Answer, Choice
from lockgate.core.chat import Block
from lockgate.core.dialect import Ask
from lockgate.dialects.openai_chat import plugin

ASK = Ask(model="asked", request_id="REQ", created=1700000000)


def written(*blocks: Block, **fields: Any) -> tuple[Any, tuple[str, ...]]:
    encoded = plugin.encode_answer(Answer(id="", model="", choices=(Choice(blocks, **fields),)), ASK)
    ChatCompletion.model_validate_json(encoded.wire)
    return msgspec.json.decode(encoded.wire), encoded.lost

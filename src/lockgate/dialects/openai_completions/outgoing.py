"""Requests: canonical to wire. One prompt is all there is room for: the rest is named as lost."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat, Text
from lockgate.core.dialect import Encoded
from lockgate.dialects.openai_chat import outgoing
from lockgate.dialects.openai_chat.outgoing_turns import Losses

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode


def encode(chat: Chat) -> Encoded:
    lost = Losses()
    asked = chat.messages[-1] if chat.messages and chat.messages[-1].role == "user" else None
    told = [message for message in chat.messages if message.role in ("system", "developer")]
    blocks = asked.blocks if asked is not None else ()
    for name, is_lost in (
        ("system text", told),
        ("earlier turns", len(chat.messages) > len(told) + (asked is not None)),
        ("parts that are no text", any(not isinstance(block, Text) for block in blocks)),
        ("names of speakers", asked is not None and asked.name),
        ("tools", chat.tools),
        ("format", chat.format),
        ("reasoning", chat.reasoning),
        ("logprobs", chat.logprobs),
        ("metadata", chat.metadata),
    ):
        if is_lost:
            lost.add(name)
    plain = msgspec.structs.replace(
        chat,
        messages=(),
        tools=(),
        tool_choice=None,
        format=None,
        reasoning=None,
        logprobs=False,
        top_logprobs=None,
        metadata={},
    )
    encoded = outgoing.encode(plain)
    for name in encoded.lost:
        lost.add(name)
    wire = _tree.decode(encoded.wire)
    del wire["messages"]
    if (limit := wire.pop("max_completion_tokens", None)) is not None:
        wire["max_tokens"] = limit
    text = "\n".join(block.text for block in blocks if isinstance(block, Text))
    return Encoded(_encode({"model": wire.pop("model"), "prompt": text, **wire}), lost.all())

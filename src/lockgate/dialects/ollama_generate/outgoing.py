"""Requests: canonical to wire. One prompt and one system text is all there is room for: the rest is named as lost."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat
from lockgate.core.dialect import Encoded
from lockgate.dialects.ollama_chat import outgoing
from lockgate.dialects.ollama_chat.losses import Losses

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode


def encode(chat: Chat) -> Encoded:
    encoded = outgoing.encode(msgspec.structs.replace(chat, tools=(), tool_choice=None))
    lost = Losses()
    for name in encoded.lost:
        lost.add(name)
    lost.add("tools", chat.tools)
    wire = _tree.decode(encoded.wire)
    turns = wire.pop("messages")
    told = [turn["content"] for turn in turns if turn["role"] == "system"]
    asked = turns[-1] if turns and turns[-1]["role"] == "user" else {"content": ""}
    lost.add("earlier turns", len(turns) > len(told) + ("role" in asked))
    said = {"model": wire.pop("model"), "prompt": asked["content"]}
    if told:
        said["system"] = "\n".join(told)
    if "images" in asked:
        said["images"] = asked["images"]
    return Encoded(_encode({**said, **wire}), lost.all())

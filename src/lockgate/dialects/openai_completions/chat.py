"""Requests: wire to canonical, as the same thing asked of Chat Completions. OpenAI API reference, "Create completion"."""

from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import chat
from lockgate.dialects.openai_completions import asked

_top = msgspec.json.Decoder(dict[str, Raw])
_value = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode
_CARRIED = (
    *("max_tokens", "temperature", "top_p", "n", "stop", "presence_penalty", "frequency_penalty", "seed", "user"),
    *("logit_bias", "stream", "stream_options"),
)
"""What both have, and mean by it."""
_KNOWN = frozenset(("model", "prompt", "suffix", "echo", "logprobs", "best_of", *_CARRIED))
_NULL = Raw(b"null")


def decode(raw: bytes, ask: Ask) -> Chat:
    """Raises `Problem(INVALID)` with the place of what is wrong."""
    try:
        top = _top.decode(raw)
        text = asked.prompt(_value.decode(top.get("prompt", _NULL)))
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, "the body is not a valid JSON object") from error
    same: dict[str, Any] = {key: top[key] for key in _CARRIED if key in top}
    turns = [{"role": "user", "content": text}]
    said = chat.decode(_encode({"model": ask.model, "messages": turns, **same}), ask)
    unknown = [key[:64] for key, value in top.items() if key not in _KNOWN and value != _NULL]
    return msgspec.structs.replace(said, unsaid=(*unknown, *said.unsaid))

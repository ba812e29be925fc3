"""Requests: wire to canonical, as the same thing asked of `/api/chat`. Ollama API reference, "Generate a response"."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import chat, fields

_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode
CARRIED = ("format", "options", "think", "logprobs", "top_logprobs")
"""What both endpoints have, and mean by it."""
_KNOWN = frozenset((
    *("model", "prompt", "system", "images", "stream", *CARRIED),
    *("context", "raw", "template", "suffix", "width", "height", "steps", "_debug_render_only"),  # empty, or refused
))  # fmt: skip


def decode(raw: bytes, ask: Ask) -> Chat:
    """Raises `Problem(INVALID)` with the path of a field that has the wrong type."""
    try:
        tree = _tree.decode(raw)
    except (ValueError, RecursionError):
        raise Problem(Kind.INVALID, "the body is not a valid JSON object") from None
    system, images = fields.text(tree, "system"), fields.strings(tree, "images")
    asked: dict[str, Any] = {"role": "user", "content": fields.text(tree, "prompt")}
    if images:
        asked["images"] = images
    messages = [{"role": "system", "content": system}] if system else []
    same = {key: tree[key] for key in CARRIED if key in tree}
    said = chat.decode(_encode({**same, "messages": [*messages, asked]}), ask)
    return msgspec.structs.replace(said, unsaid=(*fields.unknown(tree, _KNOWN), *said.unsaid))

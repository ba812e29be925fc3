"""Streams count their tokens only when `stream_options.include_usage` asks for it, in a chunk of its own before the end."""

from typing import Any

import msgspec
from msgspec import Struct

from lockgate.core.body import Body, Headed

_value = msgspec.json.Decoder()


class _Chunk(Struct, frozen=True):
    choices: list[Any] | None = None
    usage: Any = None


_chunk = msgspec.json.Decoder(_Chunk)


def with_counts(body: Body) -> Body:
    if isinstance(body, Headed):
        options = _value.decode(body.top["stream_options"]) if "stream_options" in body.top else None
    else:
        options = body.tree.get("stream_options")
    return body.set("stream_options", {**(options or {}), "include_usage": True})


def only_counts(frame: bytes) -> bool:
    """Some providers put the counts into the last chunk of the answer: that one stays."""
    if not frame.startswith(b"data:") or b'"usage"' not in frame:
        return False
    try:
        chunk = _chunk.decode(frame[5:])
    except msgspec.DecodeError:
        return False
    return not chunk.choices and chunk.usage is not None

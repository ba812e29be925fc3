"""Runs requests and streams through the dialect, as the pipeline does."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Target
from lockgate.core.events import Event
from lockgate.dialects.openai_responses import plugin

ASK = Ask("asked", stream=True, usage=True, request_id="REQ", created=1_767_225_600)
HI: Any = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}


def asked(**fields: Any) -> Ask:
    return plugin.ask(Target(), head(msgspec.json.encode({"model": "m", "input": "hi", **fields})))


def chat(**fields: Any) -> Chat:
    raw = msgspec.json.encode({"model": "m", "input": [HI], **fields})
    return plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))


def frames(raw: bytes) -> list[bytes]:
    splitter = sse.Splitter()
    return [*splitter.feed(raw), *splitter.end()]


def documents(raw: bytes) -> list[Any]:
    """Of a stream; each under the name that its frame has."""
    found = []
    for frame in frames(raw):
        document = msgspec.json.decode(sse.data(frame))
        assert sse.event(frame).decode() == document["type"]
        found.append(document)
    return found


def decoded(pieces: Iterable[bytes], ask: Ask = ASK) -> list[Event]:
    """Chunks as they come, to events; raises what the decoder raises."""
    splitter, decoder = plugin.framing(ask), plugin.decoder(ask)
    cut = [frame for piece in pieces for frame in splitter.feed(piece)] + list(splitter.end())
    return [event for frame in cut for event in decoder.feed(frame)] + list(decoder.end())


def encoded(events: Sequence[Event], ask: Ask = ASK) -> bytes:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events)


def event(kind: str, **fields: Any) -> bytes:
    return sse.frame(msgspec.json.encode({"type": kind, "sequence_number": 0, **fields}), kind)

"""Runs a stream through the dialect, as the pipeline does."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from lockgate.codec import sse
from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Event, Finished, Started
from lockgate.dialects.openai_chat import plugin

ASK = Ask(model="asked", stream=True, usage=True, request_id="REQ", created=1700000000)


def frames(raw: bytes) -> list[bytes]:
    splitter = sse.Splitter()
    return [*splitter.feed(raw), *splitter.end()]


def decoded(pieces: Iterable[bytes], ask: Ask = ASK) -> list[Event]:
    """Chunks as they come, to events; raises what the decoder raises."""
    splitter, decoder = plugin.framing(ask), plugin.decoder(ask)
    cut = [frame for piece in pieces for frame in splitter.feed(piece)] + list(splitter.end())
    return [event for frame in cut for event in decoder.feed(frame)] + list(decoder.end())


def encoded(events: Sequence[Event], ask: Ask = ASK) -> bytes:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events)


def chunk(**fields: Any) -> bytes:
    """A frame with one chunk."""
    return b"data: " + json.dumps({"id": "c", "model": "m", "created": 5, **fields}).encode() + b"\n\n"


def delta(finish: str | None = None, index: int = 0, **said: Any) -> bytes:
    return chunk(choices=[{"index": index, "delta": said, "finish_reason": finish}])


DONE = b"data: [DONE]\n\n"


START = Started("c", "m", 5)


def between(*pieces: bytes) -> list[Event]:
    """The events of the pieces, without the start and the end that all have."""
    first, *events, last = decoded([*pieces, delta("stop"), DONE])
    assert first == START
    assert last == Ended()
    return [event for event in events if not isinstance(event, Finished)]

"""What these tests share: the golden files, and one way to run a stream."""

from pathlib import Path

from lockgate.codec import sse
from lockgate.core.dialect import Ask
from lockgate.core.events import Event
from lockgate.dialects.anthropic_messages import plugin

WIRE = Path(__file__).parents[3] / "wire" / "anthropic_messages"
ASK = Ask(model="claude-opus-5", request_id="r1", created=1_700_000_000)
STREAM = Ask(model="claude-opus-5", stream=True, usage=True, request_id="r1")


def golden(suffix: str) -> list[Path]:
    return sorted(WIRE.glob(f"*.{suffix}"))


def frames(raw: bytes) -> list[bytes]:
    splitter = sse.Splitter()
    return [*splitter.feed(raw), *splitter.end()]


def decoded(raw: bytes, ask: Ask = STREAM) -> list[Event]:
    """All events; raises what the decoder raises."""
    decoder = plugin.decoder(ask)
    return [event for frame in frames(raw) for event in decoder.feed(frame)] + list(decoder.end())


def encoded(events: list[Event], ask: Ask = STREAM) -> bytes:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events)

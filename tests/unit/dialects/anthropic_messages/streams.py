"""The beginning and the end of a stream, and what a client gets of the events between."""

from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.events import Ended, Event, Finished, Started
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import STREAM, frames

BEGIN = Started("m1", "x", usage=Usage(3))


END = (Finished("stop"), Ended(Usage(3, 2)))


def written(*events: Event) -> tuple[list[dict[str, Any]], list[str]]:
    """The frames' contents, each checked to be named by its type."""
    encoder = plugin.encoder(STREAM)
    raw = b"".join(encoder.feed(event) for event in events)
    contents = []
    for frame in frames(raw):
        content = msgspec.json.decode(sse.data(frame))
        assert sse.event(frame).decode() == content["type"]
        contents.append(content)
    return contents, encoder.lost

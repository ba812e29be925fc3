"""What a stream tells of one item, of a whole message and of an error."""

from collections.abc import Sequence

import msgspec

from lockgate.codec import sse
from lockgate.core.events import Event, RefusalDelta, TextDelta
from lockgate.dialects.openai_responses import wire


class Item:
    """What is known of an item of the output. `call` is its number, where it is one, and `name` what is called; `ran`: the type that a
    run began with; `spoke`: something of it was said.
    """

    __slots__ = ("call", "done", "name", "ran", "spoke")

    def __init__(self) -> None:
        self.call, self.name, self.ran = -1, "", ""
        self.spoke = self.done = False


def message(found: wire.Item) -> Sequence[Event]:
    events: list[Event] = []
    for part in found.content or ():
        if part.type == "refusal" and part.refusal:
            events.append(RefusalDelta(part.refusal))
        elif part.text:
            events.append(TextDelta(part.text))
    return events


def error(frame: bytes) -> dict[str, object]:
    try:
        told: dict[str, object] = msgspec.json.decode(sse.data(frame))
    except (ValueError, RecursionError):
        return {}
    return told

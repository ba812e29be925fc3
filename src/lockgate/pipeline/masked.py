"""An event without what was found in its text, and which events end a choice."""

from msgspec import structs

from lockgate.core.events import Ended, Event, Finished, ToolDelta
from lockgate.pipeline.channel import Channel
from lockgate.pipeline.spoken import TEXTUAL, text_of


def ends(event: Event, choice: int) -> bool:
    return isinstance(event, Ended) or (isinstance(event, Finished) and event.choice == choice)


def masked(event: Event, span: tuple[Channel, int, int] | None) -> Event | None:
    """The event without what was found in it; None when nothing is left; the same object when nothing was found."""
    if span is None or not isinstance(event, TEXTUAL):
        return event
    channel, start, _ = span
    text = text_of(event)
    rest = channel.filled(text, start)
    if rest is text:
        return event
    if not rest:
        return None
    return structs.replace(event, **{"arguments" if isinstance(event, ToolDelta) else "text": rest})

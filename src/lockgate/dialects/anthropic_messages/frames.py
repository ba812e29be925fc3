"""A frame of a stream: its JSON, and its kind."""

import msgspec

from lockgate.codec import sse
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages.wire import Frame

_frame = msgspec.json.Decoder(Frame)
_NAMED = b"event: "
_DATA = b"data: "


def payload(frame: bytes) -> bytes:
    """As `sse.data`, with a short way for the two lines in which this dialect's frames come."""
    if frame.startswith(_NAMED) and b"\r" not in frame:
        start = frame.find(b"\n") + 1
        end = len(frame) - 2
        if frame.startswith(_DATA, start) and frame.find(b"\n", start) == end:
            return frame[start + 6 : end]
    return sse.data(frame)


def read(frame: bytes) -> tuple[str, Frame] | None:
    """Kind and content; None for a comment, a ping, or another dialect's end mark. Raises `Problem` for nonsense."""
    data = payload(frame).strip()
    if not data or data == b"[DONE]":
        return None
    try:
        content = _frame.decode(data)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream sent a broken stream event", source="upstream") from error
    # Some compatible servers leave the type to the event's name.
    return (content.type or sse.event(frame).decode("utf-8", "replace")), content

"""A frame of a stream: its JSON, and its kind."""

import msgspec

from lockgate.codec import sse
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages.wire import Frame

_decode = msgspec.json.Decoder(Frame).decode
_NOTHING = frozenset((b"", b"[DONE]"))


def read(frame: bytes) -> tuple[str, Frame] | None:
    """Kind and content; None for a comment, or another dialect's end mark. Raises `Problem` for nonsense."""
    lines = frame.split(b"\n")
    if len(lines) == 4 and lines[1].startswith(b"data: "):
        # As this dialect writes its frames: a name, one line of data, a blank line.
        try:
            content = _decode(lines[1][6:])
        except (ValueError, RecursionError):
            content = None
        if content is not None and content.type:
            return content.type, content
    return _with_care(frame)


def _with_care(frame: bytes) -> tuple[str, Frame] | None:
    """Any line ends, any number of data lines."""
    data = sse.data(frame)
    if data.strip() in _NOTHING:
        return None
    try:
        content = _decode(data)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream sent a broken stream event", source="upstream") from error
    # Some compatible servers leave the type to the event's name.
    return (content.type or sse.event(frame).decode("utf-8", "replace")), content

"""Server-sent events: cut a byte stream into frames, read a frame's data, write a frame.

The grammar is the WHATWG HTML standard's, section 9.2: lines end with LF, CRLF or CR, a blank line ends an event.
"""

import re
from collections.abc import Sequence

LIMIT = 4 * 1024 * 1024
_END = re.compile(rb"\r\n\r\n|\r\n\r(?!\n)|\r\n\n|\n\r\n|\n\n|\n\r(?!\n)|\r\r\n|\r\r")


class FrameTooLong(ValueError):
    """No blank line within the limit."""


class Splitter:
    """Feed bytes as they arrive, get complete frames with their blank line; joined they are the stream again."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Sequence[bytes]:
        if not self._rest and len(data) > 1 and data.find(b"\n\n") == len(data) - 2 and b"\r" not in data:
            return (data,)  # one whole frame a chunk, as most upstreams send them
        if not self._rest and _is_one_frame_with_crlf(data):
            return (data,)  # the same, as Google sends them
        data = self._rest + data
        frames, start = [], 0
        if b"\r" not in data:
            while (end := data.find(b"\n\n", start)) >= 0:
                frames.append(data[start : end + 2])
                start = end + 2
        else:
            # A CR at the very end may still become CRLF: wait for the next byte.
            last = len(data) - 1 if data.endswith(b"\r") else len(data)
            while (hit := _END.search(data, start)) and hit.end() <= last:
                frames.append(data[start : hit.end()])
                start = hit.end()
        self._rest = data[start:]
        if len(self._rest) > LIMIT:
            raise FrameTooLong(f"no end of an event within {LIMIT} bytes")
        return frames

    def end(self) -> Sequence[bytes]:
        rest, self._rest = self._rest, b""
        return [rest] if rest.strip() else []


def data(frame: bytes) -> bytes:
    """The joined `data:` lines of a frame; empty for a comment or a keep-alive."""
    if frame.startswith(b"data: ") and frame.find(b"\n") == len(frame) - 2 and b"\r" not in frame:
        return frame[6:-2]
    return b"\n".join(line[5:].removeprefix(b" ") for line in _lines(frame) if line.startswith(b"data:"))


def event(frame: bytes) -> bytes:
    """The name in the `event:` line; empty where there is none."""
    names = [line[6:].removeprefix(b" ") for line in _lines(frame) if line.startswith(b"event:")]
    return names[-1] if names else b""


def frame(payload: bytes, name: str = "") -> bytes:
    """One event. The payload is JSON of ours, so it has no line breaks."""
    if name:
        return b"event: " + name.encode() + b"\ndata: " + payload + b"\n\n"
    return b"data: " + payload + b"\n\n"


def _is_one_frame_with_crlf(data: bytes) -> bool:
    if not data.endswith(b"\r\n\r\n") or data.find(b"\r\n\r\n") != len(data) - 4:
        return False
    return data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")


def _lines(frame: bytes) -> list[bytes]:
    frame = frame.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in frame:
        frame = frame.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return frame.split(b"\n")

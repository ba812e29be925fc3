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

    __slots__ = ("_rest", "_seen")

    def __init__(self) -> None:
        self._rest = bytearray()
        self._seen = 0

    def feed(self, data: bytes) -> Sequence[bytes]:
        if self._rest:
            if not self._completed_by(data):
                return ()
            data = bytes(self._rest)
            self._rest.clear()
        elif len(data) > 1 and data.find(b"\n\n") == len(data) - 2 and b"\r" not in data:
            return (data,)  # one whole frame a chunk, as most upstreams send them
        elif _is_one_frame_with_crlf(data):
            return (data,)  # the same, as Google sends them
        frames, start, plain = [], 0, b"\r" not in data
        while (end := _next_end(data, start, plain=plain)) >= 0:
            frames.append(data[start:end])
            start = end
        self._keep(data[start:] if start else data)
        return frames

    def _completed_by(self, data: bytes) -> bool:
        """Whether what is held has an end now. Only the new bytes are looked at, and the three before them."""
        self._rest += data
        if _next_end(self._rest, self._seen, plain=self._rest.find(b"\r", self._seen) < 0) >= 0:
            return True
        self._keep(b"")
        return False

    def _keep(self, data: bytes) -> None:
        self._rest += data
        self._seen = max(0, len(self._rest) - 3)
        if len(self._rest) > LIMIT:
            raise FrameTooLong(f"no end of an event within {LIMIT} bytes")

    def end(self) -> Sequence[bytes]:
        rest, self._rest = bytes(self._rest), bytearray()
        return [rest] if rest.strip() else []


def _next_end(data: bytes | bytearray, start: int, *, plain: bool) -> int:
    """Behind the next blank line; -1 where there is none yet. `plain`: there is no CR."""
    if plain:
        at = data.find(b"\n\n", start)
        return at + 2 if at >= 0 else -1
    # A CR at the very end may still become CRLF: wait for the next byte.
    last = len(data) - 1 if data.endswith(b"\r") else len(data)
    hit = _END.search(data, start)
    return hit.end() if hit and hit.end() <= last else -1


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

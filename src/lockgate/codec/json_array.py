"""One JSON array of documents, element by element: how Google streams when nobody asks for events."""

import re
from collections.abc import Sequence

LIMIT = 4 * 1024 * 1024
_TOKEN = re.compile(rb'[{}\[\]]|"[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.DOTALL)
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.DOTALL)
_QUOTE, _OPEN_LIST, _OPEN_OBJECT = b'"[{'
_AROUND = b" \t\r\n"


class ElementTooLong(ValueError):
    """No end of an element within the limit."""


class Splitter:
    """Feed bytes as they arrive, get one frame per element: what stands before it, and the element.

    The end of the array is a frame of its own. Joined, the frames are the stream again. A lone document instead of an
    array is one frame, since servers answer so when they fail.
    """

    __slots__ = ("_array", "_depth", "_rest", "_seen", "_string")

    def __init__(self) -> None:
        self._rest = bytearray()
        self._seen = 0
        self._depth = 0
        self._array = False
        self._string = False

    def feed(self, data: bytes) -> Sequence[bytes]:
        self._rest += data
        frames: list[bytes] = []
        start = 0
        while (end := self._next_end()) >= 0:
            frames.append(bytes(self._rest[start:end]))
            start = end
        if start:
            del self._rest[:start]
            self._seen -= start
        if len(self._rest) > LIMIT:
            raise ElementTooLong(f"no end of an element within {LIMIT} bytes")
        return frames

    def end(self) -> Sequence[bytes]:
        rest, self._rest, self._seen = bytes(self._rest), bytearray(), 0
        return [rest] if rest.strip() else []

    def _next_end(self) -> int:
        """Where the next frame ends; -1 when that has not come yet. No byte is looked at twice."""
        if self._string and not self._string_ends():
            return -1
        for hit in _TOKEN.finditer(self._rest, self._seen):
            mark = self._rest[hit.start()]
            if mark == _QUOTE:
                if not hit.group(1):
                    self._string, self._seen = True, hit.end()
                    return -1
            elif self._closes(mark):
                self._seen = hit.end()
                return self._seen
        self._seen = len(self._rest)
        return -1

    def _string_ends(self) -> bool:
        """Goes on in a string that began in an earlier chunk. A lone backslash at the end waits for what it escapes."""
        hit = _STRING.match(self._rest, self._seen)
        assert hit is not None  # it matches an empty string, too
        self._seen, self._string = hit.end(), not hit.group(1)
        return not self._string

    def _closes(self, mark: int) -> bool:
        """Whether this bracket is the last of a frame."""
        if mark in (_OPEN_LIST, _OPEN_OBJECT):
            if self._depth == 0:
                self._array = mark == _OPEN_LIST
            self._depth += 1
            return False
        self._depth = max(0, self._depth - 1)
        return self._depth == 0 or (self._depth == 1 and self._array)


def data(frame: bytes) -> bytes:
    """The element in a frame; empty for the end of the array and for white space."""
    element = frame.removeprefix(b"\xef\xbb\xbf").lstrip(_AROUND + b"[,").rstrip(_AROUND)
    return b"" if element == b"]" else element


class Writer:
    """Writes an array, element by element."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = False

    def element(self, payload: bytes) -> bytes:
        before = b",\r\n" if self._begun else b"["
        self._begun = True
        return before + payload

    def end(self) -> bytes:
        return b"]\n" if self._begun else b"[]\n"

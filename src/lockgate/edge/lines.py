"""Cuts the head of a request out of the bytes as they come, and keeps no more of it than the limits say."""

import re

from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import refused

_END = b"\r\n\r\n"
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?=[^\n])")
"""What no head may contain: control characters, a line feed without its carriage return, and the reverse."""


class Lines:
    """`feed` takes bytes and returns (head, rest) once the empty line has come, or None.

    It raises a `Problem` (400, 414, 431) as soon as the bytes cannot become an acceptable head, so a client that
    sends megabytes of header costs at most `max_head` bytes. The head includes its empty line.
    """

    __slots__ = ("_held", "_options", "_small", "started")

    def __init__(self, options: EdgeOptions) -> None:
        self._options = options
        self._held = bytearray()
        self.started = False
        """Whether a part of a head has come."""
        self._small = min(options.max_head, options.max_request_line)
        """A head of this size breaks no limit but, at most, that of its fields."""

    def whole_with(self, data: bytes) -> bool:
        """Whether `feed` would find the end of the head in these bytes, or already across the border before them."""
        return _END in bytes(self._held[-3:]) + data

    def feed(self, data: bytes) -> tuple[bytes, bytes] | None:
        if not self._held:
            end = data.find(_END, 0, self._small)
            if end >= 0:  # nearly every request: one read has the whole head
                end += 4
                if end > 4 * self._options.max_fields:  # a field has at least four bytes
                    self._check_sizes(0, 0, data.count(b"\n", 0, end) - 2)
                return data[:end], data[end:]
        seen = len(self._held)
        self._held += data[: self._options.max_head + 1 - seen]
        self.started = bool(self._held)
        end = self._held.find(_END, max(0, seen - 3))
        if end >= 0:
            head = bytes(self._held[: end + 4])
            self._held.clear()
            self.started = False
            return self._whole(head, data[end + 4 - seen :])
        self._check_part(seen)
        return None

    def _whole(self, head: bytes, rest: bytes) -> tuple[bytes, bytes]:
        self._check_sizes(len(head), head.find(b"\r\n"), head.count(b"\n") - 2)
        return head, rest

    def _check_part(self, seen: int) -> None:
        """An unfinished head: the new bytes are looked at once, together with the byte before them."""
        held = self._held
        line_end = held.find(b"\r\n", 0, self._options.max_request_line + 2)
        fields = held.count(b"\n") - 1 if len(held) > self._options.max_fields else 0
        self._check_sizes(len(held), line_end if line_end >= 0 else len(held) - 1, fields)
        if not 0x41 <= held[0] <= 0x5A:
            raise refused("this is not HTTP: a request begins with a method in capital letters")
        if _FORBIDDEN.search(held, max(0, seen - 1)):
            raise refused("a line of the head holds a control character or ends in something other than CR LF")

    def _check_sizes(self, size: int, line: int, fields: int) -> None:
        options = self._options
        if line > options.max_request_line:
            raise refused(f"the request line is longer than {options.max_request_line} bytes", 414)
        if size > options.max_head:
            raise refused(f"the header block is larger than {options.max_head} bytes", 431)
        if fields > options.max_fields:
            raise refused(f"the request has more than {options.max_fields} header fields", 431)

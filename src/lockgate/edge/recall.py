"""The last good head of a connection: a client that keeps it says the same again, but for the length of the body."""

import re
from typing import final

from uvicorn._types import HTTPScope

from lockgate.core.http import Fields
from lockgate.edge.head import Head

_LENGTH = re.compile(rb"\r\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh]:[ \t]*([0-9]{1,15})[ \t]*\r\n")
_MOST = 4096
"""Bytes of a head that is worth keeping: an idle connection holds it."""

Read = tuple[HTTPScope, Head]


@final
class Recall:
    """What `request_of` made of the head before. It answers for a head that differs from it in the digits of the length only.

    Only good heads with a body and without a word against it are kept, so all that was checked holds for the next one too,
    but for the length; and none of HEAD, whose answers have no body. The slow twin is `request_of` itself.
    """

    __slots__ = ("_after", "_before", "_digits", "_max", "_read")

    def __init__(self, max_body: int) -> None:
        self._max = max_body
        self._before = self._after = self._digits = b""
        self._read: Read | None = None

    @property
    def head(self) -> bytes:
        """As it came; empty when none is kept."""
        return self._before + self._digits + self._after if self._read is not None else b""

    @property
    def length(self) -> int:
        """Of the body behind it."""
        return self._read[1].length if self._read is not None else 0

    def known(self, head: bytes) -> Read | None:
        before, after, read = self._before, self._after, self._read
        if read is None or not head.startswith(before) or not head.endswith(after):
            return None
        digits = head[len(before) : len(head) - len(after)]  # empty where both overlap
        if digits == self._digits:
            return read
        if not digits.isdigit() or len(digits) > 15 or not 0 < int(digits) <= self._max:
            return None
        return self._again(read, digits)

    def learn(self, head: bytes, read: Read) -> Read:
        """Keeps it for the next time, and gives it back."""
        scope, meaning = read
        self._read = None
        if meaning.length > 0 and scope["method"] != "HEAD" and meaning.unwanted is None and len(head) <= _MOST:
            found = _LENGTH.search(head)
            if found is not None:
                start, end = found.span(1)
                self._before, self._digits, self._after = head[:start], found[1], head[end:]
                self._read = read
        return read

    def _again(self, read: Read, digits: bytes) -> Read:
        """The same with another length."""
        scope, meaning = read
        field = (b"content-length", digits)
        headers = Fields([field if one[0] == b"content-length" else one for one in meaning.headers])
        if isinstance(meaning.headers, Fields):  # nobody looks for the length in there: it is the edge's own business
            headers.found = meaning.headers.found
        self._digits = digits
        again: HTTPScope = {**scope, "headers": headers}
        self._read = read = again, Head(headers, int(digits), meaning.close, meaning.expects, None)
        return read

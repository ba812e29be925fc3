"""A record as a line of the log: numbered, dated, and chained to the line before."""

import hashlib
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from lockgate.core.sink import Record

_encode = msgspec.json.Encoder().encode
START = "0" * 64
"""What the first line of a file has as the hash of the line before."""


class Link(Struct, frozen=True, gc=False):
    """The end of the chain: how many lines there are, and the SHA-256 of the last one, in hexadecimal."""

    seq: int = 0
    prev: str = START


class Dates:
    """RFC 3339 in UTC, to the millisecond. The part up to the second is made once a second."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def text(self, at: float) -> str:
        second, millis = divmod(round(at * 1000), 1000)
        if second != self._second:
            self._second, self._text = second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._text}.{millis:03d}Z"


def line(record: Record, link: Link, dates: Dates) -> tuple[bytes, Link]:
    """The line with its end, and the new end of the chain.

    Number, date and hash are put around the encoded record as text: they are ours, and hold nothing to escape.
    """
    body = _encode(record)
    cut = body.index(b",")  # behind `"ts":<number>`, the first field
    text = b'{"seq":%d,"ts":"%s"%s,"prev":"%s"}' % (
        link.seq + 1,
        dates.text(record.ts).encode(),
        body[cut:-1],
        link.prev.encode(),
    )
    return text + b"\n", Link(link.seq + 1, hashlib.sha256(text).hexdigest())

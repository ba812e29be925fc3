"""Where the body of a request ends: by a count of bytes or by chunks (RFC 9112 6 and 7.1).

The parser of uvicorn is not asked: on a request with `Upgrade`, which Java's client sends, it drops the body.
"""

import enum
import re
from typing import Protocol

from lockgate.edge.refusal import refused

_SIZE_LINE = re.compile(
    rb"(?P<size>[0-9a-fA-F]{1,15})"
    rb"(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|\"[\t \x21\x23-\x5b\x5d-\x7e]*\"))?)*+"
)
_MAX_LINE = 256
_FREE_OVERHEAD = 64 * 1024


class Framing(Protocol):
    """Bytes in; (body, rest) out. `done`: the body is whole, and what is in `rest` belongs to the next request."""

    @property
    def done(self) -> bool: ...
    def feed(self, data: bytes) -> tuple[bytes, bytes]: ...


class Sized:
    """A body of known length."""

    __slots__ = ("_left",)

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def done(self) -> bool:
        return self._left == 0

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        body = data[: self._left]  # the same object when all of it belongs to the body
        self._left -= len(body)
        return body, data[len(body) :]


class _At(enum.Enum):
    """What comes next in a chunked body."""

    SIZE = enum.auto()
    DATA = enum.auto()
    DATA_END = enum.auto()
    LAST = enum.auto()
    DONE = enum.auto()


class Chunked:
    """A chunked body. Extensions are checked and ignored, trailers refused; nothing but CR LF ends a line.

    Framing may weigh at most 64 KiB and a quarter of the data: neither endless extensions nor a chunk for each byte.
    """

    __slots__ = ("_at", "_body", "_held", "_left", "_overhead")

    def __init__(self) -> None:
        self._at = _At.SIZE
        self._held = b""
        self._left = 0
        self._body = 0
        self._overhead = 0

    @property
    def done(self) -> bool:
        return self._at is _At.DONE

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        data, at, parts = self._held + data, 0, []
        while self._at is not _At.DONE:
            if self._at is _At.DATA:
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._counted(len(part))
                if self._left:
                    break
            else:
                end = data.find(b"\r\n", at, at + _MAX_LINE)
                if end < 0:
                    self._check_part(data[at:])
                    break
                self._line(data[at:end])
                at = end + 2
        self._held = b"" if self.done else data[at:]
        return b"".join(parts), data[at:] if self.done else b""

    def _counted(self, size: int) -> None:
        self._left -= size
        self._body += size
        if not self._left:
            self._at = _At.DATA_END

    def _line(self, line: bytes) -> None:
        self._overhead += len(line) + 2
        if self._overhead > _FREE_OVERHEAD + self._body // 4:
            raise refused("the chunks of the body carry too much framing for their data")
        if self._at is not _At.SIZE:
            if line:
                raise refused("a chunk is not as long as its size says, or trailers follow the body")
            self._at = _At.SIZE if self._at is _At.DATA_END else _At.DONE
            return
        size = _SIZE_LINE.fullmatch(line)
        if size is None:
            raise refused("the size of a chunk is malformed")
        self._left = int(size["size"], 16)
        self._at = _At.DATA if self._left else _At.LAST

    def _check_part(self, part: bytes) -> None:
        """An unfinished line: refused as soon as it cannot become a good one."""
        if len(part) >= _MAX_LINE or b"\n" in part or (self._at is not _At.SIZE and part not in (b"", b"\r")):
            raise refused("the chunks of the body are malformed")

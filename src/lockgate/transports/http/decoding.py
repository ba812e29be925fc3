"""Content codings that an upstream uses although it was asked for none: undone within bounds (S48, U12)."""

import zlib
from collections.abc import Sequence
from typing import Protocol, final

from lockgate.transports.http.failures import Broken

FREE = 1024 * 1024
"""Bytes that a body may unfold to, however small it was."""
RATIO = 20
"""Beyond that, at most so many times its size."""
_MEMBERS = 16
_GZIP, _ZLIB, _RAW = 31, 15, -15


class _Inflate(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def inflater(codings: Sequence[bytes], max_bytes: int) -> "Inflater | None":
    """What undoes these values of `content-encoding`; nothing for identity. Raises `Broken` for what it cannot undo."""
    named = [name for value in codings for part in value.split(b",") if (name := part.strip().lower())]
    match [name for name in named if name != b"identity"]:
        case []:
            return None
        case [b"gzip" | b"x-gzip"]:
            return Inflater(max_bytes, gzip=True)
        case [b"deflate"]:
            return Inflater(max_bytes, gzip=False)
    raise Broken("the answer has a content encoding that was not asked for")


@final
class Inflater:
    """gzip (RFC 1952, with several members) or deflate (zlib, or raw as some send it). Raises `Broken` only."""

    __slots__ = ("_given", "_gzip", "_inflate", "_max", "_members", "_start", "_taken")

    def __init__(self, max_bytes: int, *, gzip: bool) -> None:
        self._max = max_bytes
        self._gzip = gzip
        self._inflate: _Inflate | None = zlib.decompressobj(_GZIP) if gzip else None
        self._members = 1
        self._start = b""
        self._taken = self._given = 0

    def feed(self, data: bytes) -> bytes:
        self._taken += len(data)
        if self._inflate is None:
            self._start += data
            if len(self._start) < 2:
                return b""
            data, self._start = self._start, b""
            self._inflate = zlib.decompressobj(_ZLIB if _is_zlib(data) else _RAW)
        try:
            return self._unfolded(self._inflate, data)
        except zlib.error as error:
            raise Broken("the answer's content encoding is broken") from error

    def end(self) -> None:
        """No more comes: was it whole? A body without a byte is."""
        if self._taken and (self._inflate is None or not self._inflate.eof):
            raise Broken("the answer's content encoding ended early")

    def _unfolded(self, inflate: _Inflate, data: bytes) -> bytes:
        pieces = [self._bounded(inflate, data)]
        while inflate.eof and inflate.unused_data:
            inflate, rest = self._next_member(), inflate.unused_data
            pieces.append(self._bounded(inflate, rest))
        return b"".join(pieces)

    def _bounded(self, inflate: _Inflate, data: bytes) -> bytes:
        room = min(self._max, max(FREE, RATIO * self._taken)) - self._given
        out = inflate.decompress(data, room + 1)  # never 0, which would mean without a limit
        if len(out) > room:
            raise Broken("the answer unfolds to more than may be taken")
        self._given += len(out)
        return out

    def _next_member(self) -> _Inflate:
        self._members += 1
        if not self._gzip or self._members > _MEMBERS:
            raise Broken("the answer has bytes after its content encoding's end")
        self._inflate = inflate = zlib.decompressobj(_GZIP)
        return inflate


def _is_zlib(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0

"""Client keys as workers look them up: a file beside `keys.json` that is read where the digest says, and never loaded.

    header, with a checksum: how many blocks, how long the file is, and which `keys.json` it was made from
    where each block begins: 8 bytes for each, and for the end
    blocks, each with a checksum: keys whose digests begin alike, as 32 bytes of digest, 4 of length, and a row of JSON

So a look-up is two short reads, whatever the number of keys, and what was read is known to be what was written. It is
read, not mapped: a file that somebody cuts short is an error then, and not the end of the process.
"""

import os
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, Self, final
from weakref import finalize
from zlib import crc32

import msgspec

from lockgate.core.store import StoredKey, StoreError

FILE = "keys.table"
MAGIC = b"LGKEYS1\n"
_HEAD = struct.Struct("!8sI32sQQQQ")
_SUM = struct.Struct("!I")
_LENGTH = struct.Struct("!I")
_BEGINS = struct.Struct("!QQ")
_HEADER = _HEAD.size + _SUM.size
_DIGEST = 32
_IN_BLOCK = 8
"""Keys of a block, about."""
_MOST = 64 * 1024 * 1024
"""Bytes of a block, at most: where one is said to be that cannot be is not believed."""

Read = Callable[[int, int], bytes]
"""So many bytes, from there."""
Row = tuple[bytes, bytes]
"""A key's digest, and the key as JSON."""

_row = msgspec.json.Decoder(StoredKey).decode


class Source(NamedTuple):
    """The `keys.json` that a table was made from: its content, and the very file, which can be told without reading it."""

    sha256: bytes
    mtime: int
    inode: int
    size: int

    def file(self) -> tuple[int, int, int]:
        return self.mtime, self.inode, self.size


def built(rows: Iterable[Row], source: Source) -> Iterator[bytes]:
    """The bytes of a table, in pieces. Of two rows with one digest the later counts."""
    entries = sorted({digest: digest + _LENGTH.pack(len(row)) + row for digest, row in rows}.values())
    bits = max(0, (len(entries) // _IN_BLOCK).bit_length() - 1)
    blocks = [_SUM.pack(crc32(content, number)) + content for number, content in enumerate(_contents(entries, bits))]
    begins = list(accumulate(map(len, blocks), initial=_HEADER + 8 * (len(blocks) + 1)))
    head = _HEAD.pack(MAGIC, bits, source.sha256, source.mtime, source.inode, source.size, begins[-1])
    yield head + _SUM.pack(crc32(head))
    yield struct.pack(f"!{len(begins)}Q", *begins)
    yield from blocks


def _contents(entries: list[bytes], bits: int) -> Iterator[bytes]:
    """Every block, those without a key too: that there is nothing has to be as sure as that there is something."""
    begin = 0
    for number in range(1, 1 << bits):
        end = bisect_left(entries, (number << (32 - bits)).to_bytes(4), begin)
        yield b"".join(entries[begin:end])
        begin = end
    yield b"".join(entries[begin:])


def _number(digest: bytes, bits: int) -> int:
    return int.from_bytes(digest[:4]) >> (32 - bits)


@final
class Table:
    """The port `KeyTable`. Closes its file when nobody has it any more."""

    __slots__ = ("__weakref__", "_bits", "_read", "broken", "source")

    def __init__(self, read: Read, size: int) -> None:
        """`ValueError` for what is not a whole table."""
        raw = read(0, _HEADER)
        if len(raw) != _HEADER or raw[:8] != MAGIC or _SUM.pack(crc32(raw[: _HEAD.size])) != raw[_HEAD.size :]:
            raise ValueError("it is not a table of keys, or was damaged")
        _, self._bits, *source, whole = _HEAD.unpack(raw[: _HEAD.size])
        if whole != size:
            raise ValueError(f"it has {size} bytes of {whole}")
        self.source = Source(*source)
        self._read = read
        self.broken = False
        """Whether a look-up found it damaged: it has to be made anew."""

    @classmethod
    def of(cls, rows: Iterable[Row], source: Source) -> Self:
        """One in memory, for where no file can be."""
        content = b"".join(built(rows, source))
        return cls(lambda at, length: content[at : at + length], len(content))

    @classmethod
    def opened(cls, path: Path) -> Self:
        """`OSError` and `ValueError` when there is none or it is not whole."""
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            table = cls(lambda at, length: os.pread(handle, length, at), os.fstat(handle).st_size)
        except BaseException:
            os.close(handle)
            raise
        finalize(table, os.close, handle)
        return table

    def get(self, digest: str) -> StoredKey | None:
        sought = bytes.fromhex(digest)
        number = _number(sought, self._bits)
        try:
            block = self._block(number)
            at = block.find(sought, _SUM.size)
            if at < 0:
                return None
            start = at + _DIGEST + _LENGTH.size
            return _row(block[start : start + _LENGTH.unpack_from(block, at + _DIGEST)[0]])
        except (OSError, ValueError, struct.error) as error:
            self.broken = True
            raise StoreError(f"the table of keys is damaged: {error}") from error

    def _block(self, number: int) -> bytes:
        begin, end = _BEGINS.unpack(self._read(_HEADER + _BEGINS.size // 2 * number, _BEGINS.size))
        block = self._read(begin, min(end - begin, _MOST))
        if _SUM.pack(crc32(block[_SUM.size :], number)) != block[: _SUM.size]:
            raise ValueError("a checksum is not that of what it stands for")
        return block


def row(key: StoredKey, encoded: bytes) -> Row | None:
    """None for a key that opens nothing any more. `ValueError` for one that never could."""
    digest = bytes.fromhex(key.digest)
    if len(digest) != _DIGEST:
        raise ValueError(f"the digest of {key.id} is none")
    return None if key.revoked is not None else (digest, encoded)

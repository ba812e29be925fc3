"""What workers tell the process behind the admin listener, over a socket of the file system: length, then MessagePack."""

import asyncio
import struct

import msgspec
from msgspec import Struct

from lockgate.sinks.metrics import Counts

_encode = msgspec.msgpack.Encoder().encode
_length = struct.Struct("!I")
ASK = b"?"
"""The other way there is only this byte: tell me now."""


class Report(Struct):
    """A worker's state. `worker` is its number, `pid` tells a restarted one from the one before."""

    worker: int
    pid: int
    ready: bool
    counts: Counts
    version: str = ""
    """Of the configuration it serves; empty for one that leaves, and takes no request any more."""


_decode = msgspec.msgpack.Decoder(Report).decode


def packed(report: Report) -> bytes:
    body = _encode(report)
    return _length.pack(len(body)) + body


async def unpacked(reader: asyncio.StreamReader) -> Report:
    """The next report. Raises `asyncio.IncompleteReadError` when the worker is gone."""
    (length,) = _length.unpack(await reader.readexactly(_length.size))
    return _decode(await reader.readexactly(length))

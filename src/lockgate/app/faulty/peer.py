"""A client's connection as a fault sees it: raw bytes out, and every way to end it."""

import asyncio
import socket
import struct

LIMIT = 64 * 1024
Headers = tuple[tuple[bytes, bytes], ...]
REASONS = {200: b"OK", 204: b"No Content", 302: b"Found", 429: b"Too Many Requests", 529: b"Overloaded"}


class Ears(asyncio.StreamReader):
    """A reader that knows at once when its client has left, also while nobody reads."""

    def __init__(self) -> None:
        super().__init__(LIMIT)
        self.left = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.left.set()

    def set_exception(self, exc: BaseException) -> None:
        super().set_exception(exc)  # type: ignore[arg-type]
        self.left.set()


class Peer:
    """A connection, between two requests or in the middle of one."""

    def __init__(self, reader: Ears, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, headers: Headers, *framing: bytes) -> None:
        await self.send(head(status, headers, *framing))

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        await self.send(head(status, headers, b"content-length: %d" % len(body)) + body)

    async def chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def left(self) -> None:
        """Waits until the client closes."""
        await self.reader.left.wait()

    def reset(self) -> None:
        """RST, and not FIN: what is on its way may be lost."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def head(status: int, headers: Headers, *framing: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d %b" % (status, REASONS.get(status, b"Faulty"))]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, *(line for line in framing if line)]) + b"\r\n\r\n"

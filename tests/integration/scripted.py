"""An upstream that follows a script, byte by byte, on real sockets, and keeps exactly what it received.

    async with ScriptedUpstream([read, answer(b"hello"), close]) as upstream:
        ...  # talk to 127.0.0.1:upstream.port
    assert upstream.requests[0].body == b"..."

One script per connection, in the order in which they come; the last one serves all further connections. A step is
bytes to send, seconds to wait, or an async function of the `Peer`: those below, or your own. A script that has ended
holds the connection open until the client leaves. A step that fails makes the `async with` fail.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self, cast

TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: names as sent, `raw` is every byte of it."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    raw: bytes

    def header(self, name: bytes) -> list[bytes]:
        """All values of a header; `name` in lower case."""
        return [value for key, value in self.headers if key.lower() == name]


class Peer(asyncio.Protocol):
    """One connection, as the upstream sees it. Times are those of the loop."""

    def __init__(self, upstream: "ScriptedUpstream") -> None:
        self._upstream = upstream
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._script: asyncio.Task[None] | None = None
        self._parsed = 0
        self._taken = 0
        self.received = bytearray()
        self.requests: list[Request] = []
        self.sent = 0
        self.opened_at = asyncio.get_running_loop().time()
        self.closed_at: float | None = None
        self.transport: asyncio.Transport

    async def request(self) -> Request:
        """The next whole request that no step has taken yet."""
        await self.until(lambda: len(self.requests) > self._taken, None)
        self._taken += 1
        return self.requests[self._taken - 1]

    async def until(self, true: Callable[[], bool], seconds: float | None = TIMEOUT) -> None:
        """Waits until something that bytes, sent or received, or a close can change is true."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def send(self, data: bytes) -> None:
        """Returns when the system has taken nearly all of it."""
        self.transport.write(data)
        self.sent += len(data)
        self._changed.set()
        await self._writable.wait()

    async def closed(self) -> float:
        """When the client closed; waits for it."""
        await self.until(lambda: self.closed_at is not None)
        return cast("float", self.closed_at)

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._upstream.joined(self)
        self._script = asyncio.get_running_loop().create_task(self._follow(self._upstream.script_of(self)))

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (request := _parsed(bytes(self.received[self._parsed :]))) is not None:
            self._parsed += len(request.raw)
            self.requests.append(request)
            self._upstream.requests.append(request)
        self._changed.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def eof_received(self) -> bool:
        self._left()
        return True  # so that a script can go on talking to one who only stopped sending

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        if self._script is not None:
            self._script.cancel()

    async def finish(self) -> BaseException | None:
        """Ends the connection; what its script failed with, if it did."""
        if self._script is not None:
            self._script.cancel()
            await asyncio.wait({self._script})
        self.transport.abort()
        return None if self._script is None or self._script.cancelled() else self._script.exception()

    def _left(self) -> None:
        if self.closed_at is None:
            self.closed_at = asyncio.get_running_loop().time()
        self._changed.set()

    async def _follow(self, script: "Script") -> None:
        for step in script:
            if isinstance(step, bytes):
                await self.send(step)
            elif isinstance(step, int | float):
                await asyncio.sleep(step)
            else:
                await step(self)


Step = bytes | float | Callable[[Peer], Awaitable[object]]
Script = Sequence[Step]


class ScriptedUpstream:
    """Listens on `host` while it is entered; on a free port if none is given."""

    def __init__(
        self, *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.scripts = scripts
        self.tls = tls
        self.host, self.port = host, port
        self.requests: list[Request] = []
        self.peers: list[Peer] = []
        self._joined = asyncio.Event()

    @property
    def closed_at(self) -> list[float | None]:
        """When each connection was closed by the client; None while it is open."""
        return [peer.closed_at for peer in self.peers]

    async def peer(self, number: int = 0) -> Peer:
        """A connection; waits until it is there."""
        async with asyncio.timeout(TIMEOUT):
            while len(self.peers) <= number:
                self._joined.clear()
                await self._joined.wait()
        return self.peers[number]

    def joined(self, peer: Peer) -> None:
        self.peers.append(peer)
        self._joined.set()

    def script_of(self, peer: Peer) -> Script:
        return self.scripts[min(self.peers.index(peer), len(self.scripts) - 1)] if self.scripts else ()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Peer(self), self.host, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        self._server.close()
        failures = [await peer.finish() for peer in self.peers]
        with suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await self._server.wait_closed()
        for failure in failures:
            if failure is not None and error is None:
                raise failure


# Steps.


async def read(peer: Peer) -> None:
    """Until a whole request is here."""
    await peer.request()


async def read_head(peer: Peer) -> None:
    """Until the header of a request is here, whatever of its body."""
    await peer.until(lambda: b"\r\n\r\n" in peer.received)


async def stop_reading(peer: Peer) -> None:
    """From here on the socket is not read. A close by the client is then not seen either."""
    peer.transport.pause_reading()


async def hold(peer: Peer) -> None:
    """Until the client leaves."""
    await peer.until(lambda: peer.closed_at is not None, None)


async def close(peer: Peer) -> None:
    """Sends what is left, then closes in order (TLS: with close_notify)."""
    peer.transport.close()


async def cut(peer: Peer) -> None:
    """Closes the TCP connection with a FIN and nothing else: under TLS, no close_notify."""
    peer.transport.abort()


async def reset(peer: Peer) -> None:
    """Closes with a RST."""
    sock = cast("socket.socket", peer.transport.get_extra_info("socket"))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.transport.abort()


def each(respond: Callable[[Request], bytes]) -> Step:
    """Answers every request that comes on the connection."""

    async def serve(peer: Peer) -> None:
        while True:
            await peer.send(respond(await peer.request()))

    return serve


def pour(piece: bytes) -> Step:
    """Sends this again and again, as fast as it is taken."""

    async def flow(peer: Peer) -> None:
        while True:
            await peer.send(piece)

    return flow


# Bytes.


def answer(body: bytes = b"", status: int = 200, *headers: tuple[bytes, bytes]) -> bytes:
    """A whole answer with a Content-Length."""
    return head(status, (b"content-length", str(len(body)).encode()), *headers) + body


def head(status: int, *headers: tuple[bytes, bytes]) -> bytes:
    lines = [b"HTTP/1.1 %d Whatever" % status, *(name + b": " + value for name, value in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; an empty one ends it."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _parsed(data: bytes) -> Request | None:
    top, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = top.split(b"\r\n")
    method, target, _ = first.decode("latin-1").split(" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
    length = int(next((value for name, value in headers if name.lower() == b"content-length"), b"0"))
    if len(rest) < length:
        return None
    return Request(method, target, headers, rest[:length], data[: len(top) + 4 + length])

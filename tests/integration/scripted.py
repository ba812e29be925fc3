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
from collections.abc import Callable
from contextlib import suppress
from typing import Self, cast

from tests.integration.peer import TIMEOUT, Peer, Request, Script, Step

__all__ = ["Peer", "Request", "Script", "ScriptedUpstream", "Step"]


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

    def _script(self, peer: Peer) -> Script:
        """Takes a connection in; what it is to do."""
        self.peers.append(peer)
        self._joined.set()
        return self.scripts[min(len(self.peers), len(self.scripts)) - 1] if self.scripts else ()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Peer(self._script, self.requests), self.host, self.port, ssl=self.tls
        )
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


CHUNKED = head(200, (b"transfer-encoding", b"chunked"))

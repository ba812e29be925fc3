"""Runs the demo upstream: a small HTTP server of this process, on a socket like a real one's."""

import asyncio
import itertools
import socket
import time

from lockgate.providers.demo.connection import Connection

CONNECTIONS = 8192


class Running:
    """A demo that listens. Close it, or it goes on."""

    def __init__(self, server: asyncio.Server, open_ones: set[Connection]) -> None:
        self._server, self._open = server, open_ones
        self.port: int = server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        """Stops listening and cuts every answer that is under way. Twice does no harm."""
        self._server.close()
        for connection in tuple(self._open):
            connection.close()
            await connection.gone.wait()
        await self._server.wait_closed()


async def start(host: str, port: int = 0, sock: socket.socket | None = None, *, pace: float = 1.0) -> Running:
    """Listens on `host` and `port` (0: any free one), or on `sock`. `pace` multiplies every pause of the script."""
    open_ones: set[Connection] = set()
    number = itertools.count(time.time_ns() // 1_000_000)

    def connected() -> asyncio.Protocol:
        return Connection(open_ones, number.__next__, pace) if len(open_ones) < CONNECTIONS else _Full()

    loop = asyncio.get_running_loop()
    if sock is not None:
        server = await loop.create_server(connected, sock=sock)
    else:
        server = await loop.create_server(connected, host, port)
    return Running(server, open_ones)


class _Full(asyncio.Protocol):
    """One connection too many: closed at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()

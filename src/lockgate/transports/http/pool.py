"""Connections to one origin: the last used first, never more than the limit, and a fair queue when all are busy."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import final

from lockgate.core.http import Origin
from lockgate.core.problem import Kind
from lockgate.transports.http.connection import Connection
from lockgate.transports.http.failures import failed
from lockgate.transports.http.head import host_line

_CLOSED = "the way to the upstream was closed"


@final
class Pool:
    """Places for connections. A place is held by an idle connection, a busy one, or a request that is about to connect.

    `idle_seconds`: how long a connection waits for its next request.
    """

    __slots__ = (
        "_closed",
        "_idle",
        "_limit",
        "_max_idle",
        "_open",
        "_waiters",
        "host",
        "idle_seconds",
        "loop",
        "origin",
        "places",
    )

    def __init__(self, origin: Origin, *, limit: int, max_idle: int, idle_seconds: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.origin = origin
        self.host = host_line(origin)
        self.places = 0
        """Those that are held."""
        self._limit = limit
        self._max_idle = max_idle
        self.idle_seconds = idle_seconds
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._closed = False

    def take(self) -> Connection | None:
        """An idle connection, if there is one."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if connection.usable:
                return connection
        return None

    async def acquire(self) -> Connection | None:
        """A connection that was used before, or a place to connect in. Waits its turn."""
        while True:
            self.check_open()
            connection = self.take()
            if connection is not None:
                return connection
            if self.places < self._limit:
                self.places += 1
                return None
            connection = await self._turn()
            if connection is None or connection.usable:
                return connection

    def free(self) -> None:
        """A place is given back: to the one who waits longest, if any."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.places -= 1

    def opened(self, connection: Connection) -> None:
        """A connection was made in a place that is held; the place is the connection's from now on."""
        if connection.usable:
            connection.owner = self
            self._open.add(connection)
        else:
            self.free()

    def rested(self, connection: Connection) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if len(self._idle) >= self._max_idle:
            connection.abort()
        else:
            self._idle.append(connection)

    def gone(self, connection: Connection, *, stale: bool) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if not stale:
            self.free()

    def check_open(self, connection: Connection | None = None) -> None:
        """Raises `Problem` once the pool is closed, and closes a connection that comes too late."""
        if self._closed:
            if connection is not None:
                connection.abort()
            raise failed(Kind.UNREACHABLE, _CLOSED)

    def close(self) -> None:
        """Closes every connection at once; who waits or reads gets a `Problem`."""
        self._closed = True
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(failed(Kind.UNREACHABLE, _CLOSED))
        for connection in tuple(self._open):
            connection.close(_CLOSED)

    async def _turn(self) -> Connection | None:
        waiter: asyncio.Future[Connection | None] = self.loop.create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                with suppress(ValueError):  # somebody looked for the next in turn just now, and threw it out
                    self._waiters.remove(waiter)
            elif waiter.exception() is None:  # its turn had come as it was cancelled: pass it on
                connection = waiter.result()
                if connection is None:
                    self.free()
                elif connection.usable:
                    self.rested(connection)
            raise

"""The way out to the network: HTTP/1.1 on connections of our own, pooled per origin."""

import asyncio
import time
from collections.abc import Callable
from typing import final

from lockgate.core.http import Arrival, Origin, Outbound
from lockgate.core.problem import Problem
from lockgate.transports.http.dial import Dialer
from lockgate.transports.http.head import request_head
from lockgate.transports.http.pool import Pool
from lockgate.transports.http.resolve import Names, Resolver, system
from lockgate.transports.http.tls import client_context


@final
class HttpTransport:
    """The `Transport` port. Lives in one event loop, from its first request on; `aclose` ends everything at once.

    `max_connections` and `max_idle` are per origin; `idle_seconds` is how long a connection waits for its next request,
    less than upstreams wait. `extra_ca` is a PEM file with roots besides the system's. `resolver` and `clock` (seconds)
    are ports for tests. No redirect is followed and no proxy of the environment is used.
    """

    __slots__ = ("_closed", "_dialer", "_idle_seconds", "_max_connections", "_max_idle", "_names", "_pools")

    def __init__(
        self,
        *,
        resolver: Resolver = system,
        clock: Callable[[], float] = time.monotonic,
        max_connections: int = 512,
        max_idle: int = 64,
        idle_seconds: float = 30.0,
        extra_ca: str | None = None,
    ) -> None:
        self._names = Names(resolver, clock)
        self._dialer = Dialer(self._names, client_context(extra_ca))
        self._max_connections = max_connections
        self._max_idle = max_idle
        self._idle_seconds = idle_seconds
        self._pools: dict[Origin, Pool] = {}
        self._closed = False

    @property
    def connections(self) -> int:
        """Those that are open or about to be."""
        return sum(pool.places for pool in self._pools.values())

    async def send(self, outbound: Outbound) -> Arrival:
        pool = self._pools.get(outbound.origin) or self._pool(outbound.origin)
        head = request_head(outbound, pool.host)
        total = pool.loop.time() + outbound.timeouts.total
        connection = pool.take() or await self._dialer.connect(pool, outbound.timeouts, total)
        while True:
            body = connection.start(head, outbound, total)
            try:
                await body.arrival()
            except BaseException as error:
                body.abort()
                if body.stale:
                    pool.free()
                if isinstance(error, Problem):
                    error.written = True
                raise
            if body.status:
                return Arrival(body.status, body.headers, body)
            # It had been closed before it was used again, without a byte of an answer. This happens once at most: a
            # fresh connection is never stale.
            connection = await self._dialer.connect(pool, outbound.timeouts, total, placed=True)

    async def aclose(self) -> None:
        """Closes every connection at once; who waits or reads gets a `Problem`, and so does who comes later."""
        self._closed = True
        for pool in self._pools.values():
            pool.close()
        await self._names.aclose()
        await asyncio.sleep(0)  # the loop closes sockets in its next round

    def _pool(self, origin: Origin) -> Pool:
        pool = Pool(origin, limit=self._max_connections, max_idle=self._max_idle, idle_seconds=self._idle_seconds)
        if self._closed:
            pool.close()
        return self._pools.setdefault(origin, pool)

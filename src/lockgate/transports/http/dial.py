"""From an origin to a connection: wait for a place, resolve, check every address, connect to exactly that one, TLS."""

import ssl
from dataclasses import dataclass
from typing import final

from lockgate.core.http import Origin, Timeouts, Trust
from lockgate.core.problem import Kind
from lockgate.transports.http.addresses import Address, may_call, parsed
from lockgate.transports.http.connection import Connection
from lockgate.transports.http.failures import failed, not_connected
from lockgate.transports.http.patience import Patience
from lockgate.transports.http.pool import Pool
from lockgate.transports.http.resolve import Names
from lockgate.transports.http.tls import pinned, trusting

_TRIED = 8
"""Addresses of one name that are tried, in the resolver's order."""
_LEAST = 0.05
"""Seconds for an address, also when the time was lost because this process stood still."""


@dataclass(slots=True)
class _Progress:
    doing: str = "waiting for a free connection"


@final
class Dialer:
    """Gets connections, in the time that `Timeouts.connect` gives for all of it."""

    __slots__ = ("_contexts", "_names", "_tls")

    def __init__(self, names: Names, tls: ssl.SSLContext) -> None:
        self._names = names
        self._tls = tls
        self._contexts: dict[Trust, ssl.SSLContext] = {}

    async def connect(self, pool: Pool, timeouts: Timeouts, total: float, *, placed: bool = False) -> Connection:
        """A connection to use; a new one in a place that the caller holds already, if `placed`."""
        progress = _Progress()
        limit = min(pool.loop.time() + timeouts.connect, total)
        try:
            async with Patience(pool.loop, limit):
                connection = None if placed else await pool.acquire()
                return connection or await self._dial(pool, limit, progress)
        except TimeoutError:
            detail = f"no connection to the upstream in time: it was still {progress.doing}"
            raise failed(Kind.UPSTREAM_TIMEOUT, detail) from None

    async def _dial(self, pool: Pool, limit: float, progress: _Progress) -> Connection:
        try:
            progress.doing = "resolving its name"
            addresses = await self._allowed(pool.origin)
            progress.doing = "connecting"
            connection = await self._first(pool, addresses, limit)
        except BaseException:
            pool.free()
            raise
        pool.opened(connection)
        return connection

    async def _allowed(self, origin: Origin) -> tuple[Address, ...]:
        addresses = await self._names.addresses(origin.host, origin.port)
        meant = origin.allow_private or (origin.literal and parsed(origin.host) is not None)
        if not may_call(addresses, private=meant):
            raise failed(Kind.UNREACHABLE, "the upstream's address is one that may not be called")
        return addresses[:_TRIED]

    async def _first(self, pool: Pool, addresses: tuple[Address, ...], limit: float) -> Connection:
        """To the first address that takes it; each gets its share of the time that is left."""
        problem = failed(Kind.UNREACHABLE, "the upstream has no address")
        secure = pool.origin.scheme == "https"
        for tried, address in enumerate(addresses):
            left = len(addresses) - tried
            try:
                share = (limit - pool.loop.time()) / left
                async with Patience(pool.loop, pool.loop.time() + max(share, _LEAST)):
                    return await self._open(pool, address)
            except ssl.SSLError as error:
                raise not_connected(error, secure=secure) from error
            except TimeoutError:
                if left == 1:
                    raise
                problem = failed(Kind.UPSTREAM_TIMEOUT, "the upstream did not take the connection in time")
            except OSError as error:
                problem = not_connected(error, secure=secure)
        raise problem

    async def _open(self, pool: Pool, address: Address) -> Connection:
        origin, loop = pool.origin, pool.loop
        secure = origin.scheme == "https"
        transport, connection = await loop.create_connection(
            lambda: Connection(loop),
            str(address),
            origin.port,
            ssl=self._context(origin.trust) if secure else None,
            server_hostname=origin.host.rstrip(".") if secure else None,
        )
        if secure and origin.trust is not None and not pinned(origin.trust, transport.get_extra_info("ssl_object")):
            connection.abort()
            raise failed(Kind.UPSTREAM_TLS, "the upstream's key is none of those that are pinned")
        pool.check_open(connection)
        return connection

    def _context(self, trust: Trust | None) -> ssl.SSLContext:
        if trust is None:
            return self._tls
        context = self._contexts.get(trust)
        if context is None:
            context = self._contexts[trust] = trusting(trust)
        return context

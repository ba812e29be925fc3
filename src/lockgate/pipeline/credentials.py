"""Ask an upstream with its credential, and when it is refused, with the other version of it, if there is one."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace as with_key
from typing import final

from msgspec.structs import replace

from lockgate.core.exchange import Upstream
from lockgate.core.http import Arrival, Outbound, Transport
from lockgate.core.versions import Versions
from lockgate.pipeline.ledger import Ledger

log = logging.getLogger("lockgate")

REFUSED = frozenset((401, 403))
GOOGLE = b"API_KEY_INVALID"
"""Google says 400 to a key that is not valid, and this as the reason."""


def ask(
    upstream: Upstream, outbound: Callable[[Upstream], Outbound], transport: Transport, ledger: Ledger
) -> Awaitable[Arrival]:
    """The upstream's answer: to be awaited, and no coroutine of its own where there is only one version."""
    versions = upstream.versions
    if versions is None:
        return transport.send(outbound(upstream))
    return _with_either(upstream, versions, outbound, transport, ledger)


async def _with_either(
    upstream: Upstream,
    versions: Versions,
    outbound: Callable[[Upstream], Outbound],
    transport: Transport,
    ledger: Ledger,
) -> Arrival:
    """The version that it took is tried first from now on."""
    first, other = versions.pair
    arrival, refused = await _looked_at(await transport.send(outbound(with_key(upstream, credential=first))))
    if not refused:
        return arrival
    await arrival.body.aclose()
    ledger.attempted(upstream, arrival.status)
    again, refused_too = await _looked_at(await transport.send(outbound(with_key(upstream, credential=other))))
    if refused_too:
        log.warning("%s refused both versions of its credential with %d", upstream.name, again.status)
    elif versions.works(other):
        log.warning("%s refused its credential with %d; the other version is in use now", upstream.name, arrival.status)
    return again


async def _looked_at(arrival: Arrival) -> tuple[Arrival, bool]:
    if arrival.status != 400:
        return arrival, arrival.status in REFUSED
    body = await arrival.body.read()
    return replace(arrival, body=Read(body)), GOOGLE in body


@final
class Read:
    """A body that was read already."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    @property
    def kept(self) -> bytes:
        """What nobody has taken yet."""
        return self._body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._body:
            raise StopAsyncIteration
        return await self.read()

    async def read(self) -> bytes:
        body, self._body = self._body, b""
        return body

    async def aclose(self) -> None:
        self._body = b""

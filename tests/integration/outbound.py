"""What the tests of the transport share: requests to an upstream on loopback, and a transport that ends with its test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lockgate.core.http import Origin, Outbound, Timeouts
from lockgate.core.problem import Problem
from lockgate.transports.http import HttpTransport
from tests.integration.scripted import ScriptedUpstream, Step

SOON = Timeouts(connect=2, first_byte=2, between_chunks=2, total=4)
"""Long enough never to matter where a time-out is not what is tested, short enough to end a test that hangs."""


def local(port: int, scheme: str = "http", host: str = "127.0.0.1") -> Origin:
    return Origin(scheme, host, port, literal=True)


def ask(port: int, body: bytes = b"{}", **more: Any) -> Outbound:
    known: dict[str, Any] = {
        "origin": local(port),
        "method": "POST",
        "target": "/v1/x",
        "headers": ((b"content-type", b"application/json"),),
        "body": body,
        "timeouts": SOON,
    }
    return Outbound(**{**known, **more})


@asynccontextmanager
async def transport(**settings: Any) -> AsyncIterator[HttpTransport]:
    """With the check that nothing is left open at the end."""
    made = HttpTransport(**settings)
    try:
        yield made
    finally:
        await made.aclose()
    assert made.connections == 0


async def fetch(out: HttpTransport, outbound: Outbound) -> bytes:
    arrival = await out.send(outbound)
    return await arrival.body.read()


async def refused(*steps: Step, **more: Any) -> Problem:
    """The problem that comes of this; and the connection is not used again."""
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        with pytest.raises(Problem) as caught:
            await fetch(out, ask(upstream.port, **more))
        assert out.connections == 0
        await (await upstream.peer()).closed()
    assert caught.value.source == "upstream"
    assert "127.0.0.1" not in caught.value.detail
    return caught.value


async def whole(out: HttpTransport, outbound: Outbound) -> bytes:
    """The body of the answer, once all of it is here."""
    arrival = await out.send(outbound)
    return await arrival.body.read()

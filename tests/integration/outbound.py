"""What the tests of the transport share: requests to an upstream on loopback, and a transport that ends with its test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from lockgate.core.http import Origin, Outbound, Timeouts
from lockgate.transports.http import HttpTransport

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

"""C2, S72: an upstream that floods does not keep the loop to itself, or nobody would hear that its client left."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from lockgate.core.http import Incoming, Timeouts
from tests.integration.outbound import ask, local, transport
from tests.integration.scripted import CHUNKED, chunk

LONG = Timeouts(connect=10, first_byte=10, between_chunks=10, total=60)
FLOOD = 24 * 1024 * 1024
MOST = 1024 * 1024


@pytest.fixture(params=["http", "https"])
def flood(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int, str]]:
    """A server of its own thread, for it has to be quicker than whoever reads."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            peer, _ = listener.accept()
            with context.wrap_socket(peer, server_side=True) if request.param == "https" else peer as one:
                one.recv(65536)
                one.sendall(CHUNKED)
                while True:
                    one.sendall(chunk(b"x" * 100_000) * 10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield request.param, listener.getsockname()[1], str(roots)
    thread.join()


class Turns:
    """Bytes that came between two turns of the loop, at most."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.now, self.most, self.all = loop, 0, 0, 0
        self.over = loop.create_future()
        self.turn()

    def turn(self) -> None:
        self.most, self.now = max(self.most, self.now), 0
        if self.all < FLOOD:
            self.loop.call_soon(self.turn)
        else:
            self.over.set_result(None)

    def take(self, data: bytes) -> bytes | None:
        self.now += len(data)
        self.all += len(data)
        return None


async def _read(body: Incoming, turns: Turns) -> None:
    async for data in body:
        turns.take(data)


async def test_c2_a_flood_lets_others_have_their_turn(flood: tuple[str, int, str]) -> None:
    scheme, port, roots = flood
    async with transport(extra_ca=roots) as out:
        arrival = await out.send(ask(port, origin=local(port, scheme), timeouts=LONG, max_bytes=1 << 40))
        turns = Turns(asyncio.get_running_loop())
        arrival.body.tap(turns.take)  # type: ignore[attr-defined]  # as the pipeline reads a stream
        reading = asyncio.ensure_future(_read(arrival.body, turns))
        await turns.over
        reading.cancel()
        await asyncio.wait([reading])

    assert turns.most <= MOST

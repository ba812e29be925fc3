"""C1: a client that does not read its reply holds up its own stream, costs little memory, and is cut in the end."""

import asyncio
import time
from collections.abc import AsyncIterator

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, Serve, door, until


class Tap:
    """A stream without end that counts what was taken from it, and how it ended."""

    def __init__(self, size: int = 16384) -> None:
        self.size = size
        self.taken = 0
        self.closed = False

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            while True:
                self.taken += self.size
                yield b"x" * self.size
                await asyncio.sleep(0)
        finally:
            self.closed = True

    @property
    def serve(self) -> Serve:
        async def serve(inbound: Inbound) -> Reply:
            return Reply(200, ((b"content-type", b"text/event-stream"),), self.chunks())

        return serve


async def settled(tap: Tap) -> int:
    """What was taken once nothing more is."""
    taken = -1
    while taken != tap.taken:
        taken = tap.taken
        await asyncio.sleep(0.1)
    return taken


async def test_c1_a_reader_that_stops_holds_up_the_stream_and_is_cut() -> None:
    tap = Tap()
    async with door(tap.serve, send_deadline=1.0) as gateway:
        client = await gateway.connect(receive_buffer=4096)
        await client.send(GET)
        taken = await settled(tap)
        began = time.monotonic()
        await until(lambda: not gateway.server.in_flight and not gateway.server.connections)
        took = time.monotonic() - began
        client.close()

    assert taken < 4 * 1024 * 1024  # what the kernel takes for itself, and at most a few chunks of ours
    assert took < 1.5
    assert tap.closed


async def test_c1_a_reader_that_comes_back_gets_everything() -> None:
    async def hundred() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"0123456789" * 2_000

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), hundred())

    async with door(serve, send_deadline=3.0) as gateway:
        client = await gateway.connect(receive_buffer=4096)
        await client.send(GET)
        await asyncio.sleep(0.3)
        raw = b""
        while not raw.endswith(b"\r\n0\r\n\r\n"):
            raw += await client.receive() or b"closed too early\r\n0\r\n\r\n"
        client.close()

    assert raw.partition(b"\r\n\r\n")[2] == (b"4e20\r\n" + b"0123456789" * 2_000 + b"\r\n") * 100 + b"0\r\n\r\n"


async def test_c1_our_own_buffer_stays_small() -> None:
    tap = Tap(200_000)
    async with door(tap.serve, send_deadline=5.0) as gateway:
        client = await gateway.connect(receive_buffer=4096)
        await client.send(GET)
        await settled(tap)
        (connection,) = gateway.server._open()
        waiting = connection.transport.get_write_buffer_size()
        client.close()

    assert 0 < waiting <= 1024 * 1024


async def test_c1_a_large_body_in_one_piece_is_held_up_too_and_cut() -> None:
    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), b"x" * 20_000_000)

    async with door(serve, send_deadline=0.4) as gateway:
        client = await gateway.connect(receive_buffer=4096)
        await client.send(GET)
        await asyncio.sleep(0.1)
        (connection,) = gateway.server._open()
        waiting = connection.transport.get_write_buffer_size()
        await until(lambda: not gateway.server.connections)
        client.close()

    assert 0 < waiting <= 1024 * 1024


async def test_c1_a_reply_that_is_over_but_unread_does_not_keep_its_connection() -> None:
    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), b"x" * 250_000)

    async with door(serve, send_deadline=0.4, idle_deadline=0.4, write_buffer=1_000_000) as gateway:
        client = await gateway.connect(receive_buffer=4096)
        for _ in range(20):
            await client.send(GET)
        await until(lambda: not gateway.server.connections)
        client.close()

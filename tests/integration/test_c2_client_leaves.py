"""C2: a client that leaves, in whatever way and phase, cancels its request at once, and what was opened is closed."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator

import pytest

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, Client, door, post, until


class Phases:
    """An application that waits in a phase, and writes down when it was cancelled there."""

    def __init__(self, phase: str) -> None:
        self.phase = phase
        self.reached = asyncio.Event()
        self.cancelled = 0.0
        self.cleaned = asyncio.Event()

    async def wait(self, phase: str) -> None:
        if phase != self.phase:
            return
        self.reached.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.cancelled = time.monotonic()
            raise
        finally:
            await asyncio.sleep(0.01)  # settling takes awaits of its own
            self.cleaned.set()

    async def serve(self, inbound: Inbound) -> Reply:
        await self.wait("before the body")
        if self.phase == "body":
            self.reached.set()
        try:
            await inbound.read()
        except asyncio.CancelledError:
            self.cancelled = time.monotonic()
            self.cleaned.set()
            raise
        await self.wait("before the reply")
        return Reply(200, (), self.chunks())

    async def chunks(self) -> AsyncIterator[bytes]:
        await self.wait("before the first chunk")
        yield b"data: 1\n\n"
        await self.wait("between chunks")
        yield b"data: 2\n\n"


def fin(client: Client) -> None:
    client.close()


def reset(client: Client) -> None:
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def half(client: Client) -> None:
    client.sock.shutdown(socket.SHUT_WR)


PHASES = ["before the body", "body", "before the reply", "before the first chunk", "between chunks"]


@pytest.mark.parametrize("leave", [fin, reset, half])
@pytest.mark.parametrize("phase", PHASES)
async def test_c2_leaving_cancels_the_request_at_once(phase: str, leave: object) -> None:
    phases = Phases(phase)
    async with door(phases.serve, body_idle=30.0, body_grace=30.0) as gateway:
        client = await gateway.connect()
        await client.send(post(b"x" * 100)[: -50 if phase == "body" else None])
        await asyncio.wait_for(phases.reached.wait(), 3)
        await asyncio.sleep(0.02)
        left = time.monotonic()
        leave(client)  # type: ignore[operator]  # one of the three above
        await asyncio.wait_for(phases.cleaned.wait(), 3)
        await until(lambda: not gateway.server.in_flight)
        client.close()

    assert phases.cancelled - left < 0.1


async def test_c2_leaving_before_the_task_began_leaves_nothing() -> None:
    async with door() as gateway:
        for _ in range(50):
            client = await gateway.connect()
            await client.send(GET)
            reset(client)
        await until(lambda: not gateway.server.in_flight and not gateway.server.connections)


async def test_c2_an_application_that_ignores_its_cancellation_cannot_write_any_more() -> None:
    told: list[str] = []

    async def stubborn() -> AsyncIterator[bytes]:
        try:
            yield b"1"
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            told.append("cancelled")
        yield b"2"
        told.append("went on")

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), stubborn())

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        await client.receive()
        client.close()
        await until(lambda: not gateway.server.in_flight)

    assert told == ["cancelled"]


async def test_c2_gone_clients_do_not_disturb_others() -> None:
    async def serve(inbound: Inbound) -> Reply:
        await asyncio.sleep(0.05)
        return Reply(200, (), inbound.path.encode())

    async with door(serve) as gateway:
        stay = [await gateway.connect() for _ in range(20)]
        go = [await gateway.connect() for _ in range(20)]
        for i, client in enumerate(stay):
            await client.send(b"GET /stay/%d HTTP/1.1\r\nHost: gw\r\n\r\n" % i)
        for i, client in enumerate(go):
            await client.send(b"GET /go/%d HTTP/1.1\r\nHost: gw\r\n\r\n" % i)
            reset(client)
        answers = [await client.one() for client in stay]
        for client in stay:
            client.close()

    assert [answer.body for answer in answers] == [b"/stay/%d" % i for i in range(20)]

"""Draining: no new connections, idle ones end, requests under way finish or are cancelled, and nothing is left."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, door, until


async def test_an_idle_connection_ends_and_no_new_one_is_taken() -> None:
    async with door(idle_deadline=30.0) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 200
        whole = await gateway.server.drain(1.0)
        assert await client.receive() == b""
        with pytest.raises(ConnectionRefusedError):
            await gateway.connect()
        client.close()

    assert whole


async def test_a_request_under_way_finishes_and_says_that_it_was_the_last() -> None:
    go = asyncio.Event()

    async def serve(inbound: Inbound) -> Reply:
        await go.wait()
        return Reply(200, (), b"done")

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        await until(lambda: gateway.server.in_flight > 0)
        gateway.server.retire()
        draining = asyncio.ensure_future(gateway.server.drain(3.0))
        await asyncio.sleep(0.05)
        assert not draining.done()
        go.set()
        answers, closed = await client.answers()
        whole = await draining
        client.close()

    assert [(answer.body, answer.headers[b"connection"]) for answer in answers] == [(b"done", b"close")]
    assert closed
    assert whole


async def test_a_stream_under_way_ends_whole_and_then_the_connection() -> None:
    go = asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"1"
        await go.wait()
        yield b"2"

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), chunks())

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        client.held += await client.receive() or b""
        draining = asyncio.ensure_future(gateway.server.drain(3.0))
        await asyncio.sleep(0.05)
        go.set()
        answers, closed = await client.answers()
        whole = await draining
        client.close()

    assert [(answer.body, answer.whole) for answer in answers] == [(b"12", True)]
    assert closed
    assert whole


async def test_what_does_not_end_within_the_grace_is_cancelled_and_may_settle() -> None:
    settled: list[str] = []

    async def chunks() -> AsyncIterator[bytes]:
        try:
            yield b"1"
            await asyncio.sleep(30)
            yield b"2"
        finally:
            await asyncio.sleep(0.05)
            settled.append("stream")

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), chunks())

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        while not await client.receive():
            pass
        whole = await gateway.server.drain(0.2)
        answers, closed = await client.answers(patience=1.0)
        client.close()

    assert not whole
    assert closed
    assert all(not answer.whole for answer in answers)
    assert settled == ["stream"]


async def test_a_client_in_the_middle_of_its_head_does_not_hold_up_the_end() -> None:
    async with door(head_deadline=30.0) as gateway:
        client = await gateway.connect()
        await client.send(b"GET / HT")
        await until(lambda: gateway.server.connections == 1)
        await asyncio.sleep(0.05)
        whole = await gateway.server.drain(0.1)
        assert gateway.server.connections == 0
        client.close()

    assert not whole

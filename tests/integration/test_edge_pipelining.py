"""Requests that a client sends ahead: answered in order, one at a time, and not without a bound."""

import asyncio

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, door, post


async def test_requests_sent_ahead_are_answered_in_order_and_one_at_a_time() -> None:
    most, now = 0, 0

    async def serve(inbound: Inbound) -> Reply:
        nonlocal most, now
        now += 1
        most = max(most, now)
        body = await inbound.read()
        await asyncio.sleep(0)
        now -= 1
        return Reply(200, (), inbound.path.encode() + body)

    raw = b"".join(post(b"%d" % i, path=b"/p/%d" % i) for i in range(100))
    async with door(serve) as gateway:
        answers = await gateway.ask(raw)

    assert [answer.body for answer in answers] == [b"/p/%d%d" % (i, i) for i in range(100)]
    assert most == 1


async def test_too_much_sent_ahead_ends_the_connection_after_the_reply() -> None:
    async def serve(inbound: Inbound) -> Reply:
        await asyncio.sleep(0.2)
        return Reply(200, (), b"first")

    async with door(serve, max_pipelined=1000) as gateway:
        answers = await gateway.ask(GET + GET * 100)

    assert [(answer.status, answer.body) for answer in answers] == [(200, b"first")]
    assert answers[0].headers[b"connection"] == b"close"


async def test_a_flood_behind_a_request_is_cut() -> None:
    cancelled = asyncio.Event()

    async def serve(inbound: Inbound) -> Reply:
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()
        raise AssertionError

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        for _ in range(20):
            await client.send(b"x" * 65536)
        await asyncio.wait_for(cancelled.wait(), 3)
        client.close()


async def test_the_last_request_of_a_client_is_closed_after() -> None:
    async with door() as gateway:
        client = await gateway.connect()
        await client.send(b"GET /a HTTP/1.1\r\nHost: gw\r\nConnection: Close\r\n\r\n" + GET)
        answers, closed = await client.answers()
        client.close()

    assert [answer.headers[b"connection"] for answer in answers] == [b"close"]
    assert closed
    assert gateway.paths == ["/a"]

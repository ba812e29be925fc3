"""S43 and C4: a head has a size, a number of fields and a longest line, and none of them is learned too late."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.front_door import door, post


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /" + b"a" * 8500 + b" HTTP/1.1\r\nHost: gw\r\n\r\n", 414),
        (b"GET /" + b"a" * 8500, 414),
        (b"GET /?" + b"a" * 8170 + b" HTTP/1.1\r\nHost: gw\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost: gw\r\nX: " + b"a" * 33000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: gw\r\nX: " + b"a" * 33000, 431),
        (b"GET / HTTP/1.1\r\nHost: gw\r\nX: " + b"a" * 32600 + b"\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"X: y\r\n" * 99 + b"\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"X: y\r\n" * 5000, 431),
        (b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"a:\r\n" * 10000 + b"\r\n", 431),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, bytes) else str(value),
)
@pytest.mark.parametrize("cut", [100000, 1000])
async def test_s43_sizes_of_a_head(raw: bytes, status: int, cut: int) -> None:
    async with door() as gateway:
        client = await gateway.connect()
        for at in range(0, len(raw), cut):
            await client.send(raw[at : at + cut])
            await asyncio.sleep(0)
        answers, closed = await client.answers()
        client.close()

    assert [answer.status for answer in answers] == [status]
    assert closed == (status != 200)
    assert len(gateway.seen) == (status == 200)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\nHost: gw\n\n",
        b"GET / HTTP/1.1\r\nX: a\x00",
        b"\r\n\r\n",
        b"get /",
    ],
    ids=["TLS", "line feeds", "NUL", "empty lines", "small letters"],
)
async def test_c4_what_cannot_become_a_request_is_not_waited_for(raw: bytes) -> None:
    async with door(head_deadline=30.0) as gateway:
        answers = await gateway.ask(raw, patience=1.0)

    assert [answer.status for answer in answers] == [400]


def resident() -> int:
    """KiB of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError


async def test_s43_a_hundred_megabytes_of_headers_cost_little_memory() -> None:
    flood = b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"X: " + b"a" * 1_000_000
    async with door() as gateway:
        await gateway.ask(flood)
        before = resident()
        clients = [await gateway.connect() for _ in range(100)]
        await asyncio.gather(*(client.send(flood) for client in clients))
        most = resident()
        answers = [await client.answers() for client in clients]
        for client in clients:
            client.close()

    assert most - before < 20 * 1024
    assert [[one.status for one in got] for got, _ in answers] == [[431]] * 100


async def test_c4_a_refusal_can_be_read_although_the_body_never_arrived() -> None:
    """Lingering: without it the unread megabyte resets the connection under the answer."""
    async with door(max_body=1000) as gateway:
        client = await gateway.connect()
        await client.send(post(b"x" * 200_000))
        await asyncio.sleep(0.05)
        answers, closed = await client.answers()
        client.close()

    assert [answer.status for answer in answers] == [413]
    assert closed
    assert not client.reset
    assert answers[0].headers[b"connection"] == b"close"
    assert answers[0].whole


async def test_c4_a_client_that_never_stops_sending_is_cut() -> None:
    async with door(max_body=1000, linger_deadline=30.0) as gateway:
        client = await gateway.connect()
        await client.send(b"POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 999999999\r\n\r\n")
        async with asyncio.timeout(5):
            while gateway.server.connections:
                await client.send(b"x" * 65536)
                await asyncio.sleep(0)
        client.close()

    assert gateway.seen == []

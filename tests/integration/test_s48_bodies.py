"""S48 and C4: bodies are small, plain and asked for."""

import asyncio
import gzip

import pytest

from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from tests.integration.front_door import GET, door, post, until


async def unread(inbound: Inbound) -> Reply:
    raise Problem(Kind.UNAUTHENTICATED, "no key")


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd", b"GZIP", b"identity, gzip", b"gzip, gzip"])
async def test_s48_a_compressed_body_is_not_taken(coding: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(gzip.compress(b"{}"), b"Content-Encoding: " + coding))

    assert [(answer.status, answer.body) for answer in answers] == [(415, b"unsupported_media_type")]
    assert gateway.seen == []


async def test_s48_identity_is_no_compression() -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", b"Content-Encoding: identity"))

    assert [answer.status for answer in answers] == [200]


async def test_s48_the_sender_is_known_before_the_body_is_judged() -> None:
    async with door(unread) as gateway:
        compressed = await gateway.ask(post(b"{}", b"Content-Encoding: gzip"))
        large = await gateway.ask(post(b"{}")[:-2].replace(b"Length: 2", b"Length: 99999999"))

    assert [answer.status for answer in compressed + large] == [401, 401]


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
async def test_c4_the_limit_of_a_body(size: int, status: int) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with door(max_body=1000) as gateway:
        counted = await gateway.ask(post(b"x" * size))
        in_chunks = await gateway.ask(
            chunked + b"1F4\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (b"x" * 500, size - 500, b"x" * (size - 500))
        )

    assert [answer.status for answer in counted + in_chunks] == [status, status]
    assert [len(body) for _, body in gateway.seen] == ([size, size] if status == 200 else [])


async def test_c4_a_body_too_large_is_refused_before_it_comes() -> None:
    async with door(max_body=1000, body_idle=30.0) as gateway:
        answers = await gateway.ask(b"POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 1001\r\n\r\n", patience=1.0)

    assert [answer.status for answer in answers] == [413]


async def test_c4_all_bodies_together_have_a_limit_and_it_is_given_back() -> None:
    held = asyncio.Event()

    async def hold(inbound: Inbound) -> Reply:
        body = await inbound.read()
        await held.wait()
        return Reply(200, (), b"%d" % len(body))

    async with door(hold, max_bodies=2500) as gateway:
        first = [asyncio.ensure_future(gateway.ask(post(b"x" * 1000))) for _ in range(2)]
        await until(lambda: gateway.server.in_flight == 2)
        third = await gateway.ask(post(b"x" * 1000))
        held.set()
        answers = await asyncio.gather(*first)
        later = await gateway.ask(post(b"x" * 1000))

    assert [answer.status for answer in third] == [503]
    assert [answer.body for got in (*answers, later) for answer in got] == [b"1000"] * 3


async def test_c4_a_large_body_is_read_whole_and_the_connection_lives_on() -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"0123456789" * 300_000) + GET)

    assert [answer.status for answer in answers] == [200, 200]
    assert gateway.seen[0][1] == b"0123456789" * 300_000


async def test_c4_expect_is_met_only_when_the_body_is_asked_for() -> None:
    asking = post(b"{}", b"Expect: 100-continue")[:-2]
    async with door() as wanted, door(unread) as unwanted:
        client = await wanted.connect()
        await client.send(asking)
        assert (await client.one()).status == 100
        await client.send(b"{}")
        assert (await client.one()).status == 200
        client.close()
        refused = await unwanted.ask(asking)

    assert [answer.status for answer in refused] == [401]
    assert refused[0].headers[b"connection"] == b"close"
    assert b"expect" not in dict(wanted.seen[0][0].headers)


async def test_c4_no_interim_answer_for_a_body_that_came_along() -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", b"Expect: 100-Continue"))

    assert [answer.status for answer in answers] == [200]


async def test_c4_other_expectations_are_a_417() -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", b"Expect: y 100-continue"))

    assert [answer.status for answer in answers] == [417]
    assert gateway.seen == []


async def test_c4_a_body_that_nobody_reads_yet_stays_with_the_client() -> None:
    go = asyncio.Event()

    async def late(inbound: Inbound) -> Reply:
        await go.wait()
        return Reply(200, (), b"%d" % len(await inbound.read()))

    async with door(late) as gateway:
        client = await gateway.connect()
        sending = asyncio.ensure_future(client.send(post(b"x" * 9_000_000)))
        await until(lambda: gateway.server.in_flight == 1)
        await asyncio.sleep(0.2)
        (connection,) = gateway.server._open()
        held = connection._intake._size
        go.set()
        answer = await client.one()
        await sending
        client.close()

    assert 64 * 1024 <= held <= 64 * 1024 + 256 * 1024  # the buffer, and the read that filled it
    assert answer.body == b"9000000"

"""Which connection a request gets: reuse, limits, the queue, and the race with an upstream that closes."""

import asyncio

import pytest

from lockgate.core.http import Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http import HttpTransport
from lockgate.transports.http.pool import Pool
from tests.integration.outbound import ask, local, transport
from tests.integration.scripted import (
    Peer,
    ScriptedUpstream,
    answer,
    chunk,
    each,
    head,
    hold,
    read,
)


async def echo_once(peer: Peer) -> None:
    await peer.send(answer((await peer.request()).body))


ECHO = each(lambda request: answer(request.body))


async def fetch(out: HttpTransport, port: int, body: bytes = b"x", **more: object) -> bytes:
    arrival = await out.send(ask(port, body, **more))
    return await arrival.body.read()


async def test_a_finished_answer_gives_its_connection_to_the_next_request() -> None:
    async with ScriptedUpstream([ECHO]) as upstream, transport() as out:
        for number in range(5):
            assert await fetch(out, upstream.port, b"%d" % number) == b"%d" % number

        assert (len(upstream.peers), out.connections) == (1, 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("framing", [head(204), head(304), head(200, (b"transfer-encoding", b"chunked")) + chunk(b"")])
async def test_every_framing_but_the_close_leaves_it_usable(method: str, framing: bytes) -> None:
    async with ScriptedUpstream([each(lambda request: framing)]) as upstream, transport() as out:
        for _ in range(3):
            await fetch(out, upstream.port, b"", method=method)

        assert len(upstream.peers) == 1


@pytest.mark.parametrize(
    "final",
    [
        answer(b"x", 200, (b"connection", b"close")),
        b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx",
        answer(b"x") + b"y",
        answer(b"x") + answer(b"y"),
    ],
)
async def test_an_upstream_that_wants_to_close_or_says_too_much_is_left(final: bytes) -> None:
    async with ScriptedUpstream([read, final, hold]) as upstream, transport() as out:
        for _ in range(2):
            assert await fetch(out, upstream.port) == b"x"

        assert len(upstream.peers) == 2
        await upstream.peers[0].closed()


async def test_the_last_used_is_the_first_reused_and_only_so_many_wait() -> None:
    async with ScriptedUpstream([ECHO]) as upstream, transport(max_idle=2) as out:
        await asyncio.gather(*(fetch(out, upstream.port) for _ in range(4)))
        opened = len(upstream.peers)
        left = out.connections
        before = [len(peer.requests) for peer in upstream.peers]
        for _ in range(3):
            await fetch(out, upstream.port)
        after = [len(peer.requests) for peer in upstream.peers]

    assert (opened, left) == (4, 2)
    assert sorted(b - a for a, b in zip(before, after, strict=True)) == [0, 0, 0, 3]


async def test_an_idle_connection_is_closed_after_its_time() -> None:
    async with ScriptedUpstream([ECHO]) as upstream, transport(idle_seconds=0.05) as out:
        await fetch(out, upstream.port)
        await (await upstream.peer()).closed()

        assert out.connections == 0
        assert await fetch(out, upstream.port) == b"x"


async def test_a_used_connection_does_not_expire_under_a_request() -> None:
    slowly = [echo_once, read, 0.12, answer(b"late"), hold]
    async with ScriptedUpstream(slowly) as upstream, transport(idle_seconds=0.05) as out:
        await fetch(out, upstream.port)

        assert await fetch(out, upstream.port) == b"late"


@pytest.mark.parametrize("noise", [answer(b"poison"), b"\r\n", b"x"])
async def test_bytes_on_an_idle_connection_close_it(noise: bytes) -> None:
    async with ScriptedUpstream([echo_once, 0.02, noise, hold], [ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)
        await upstream.peers[0].closed()

        assert await fetch(out, upstream.port, b"mine") == b"mine"


async def test_origins_that_differ_in_what_they_allow_share_nothing() -> None:
    async with ScriptedUpstream([ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)
        with pytest.raises(Problem):
            await fetch(out, upstream.port, origin=type(local(1))("http", "127.0.0.1", upstream.port))

        assert len(upstream.peers) == 1


# The limit and the queue.


@pytest.mark.parametrize("limit", [1, 3])
async def test_never_more_than_the_limit_and_first_come_first_served(limit: int) -> None:
    order: list[bytes] = []

    async def serve(peer: Peer) -> None:
        while True:
            request = await peer.request()
            order.append(request.body)
            await asyncio.sleep(0.005)
            await peer.send(answer(request.body))

    async with ScriptedUpstream([serve]) as upstream, transport(max_connections=limit) as out:
        names = [b"%02d" % number for number in range(20)]
        got = await asyncio.gather(*(fetch(out, upstream.port, name) for name in names))

        assert len(upstream.peers) == limit
    assert got == names
    assert [abs(order.index(name) - place) < limit for place, name in enumerate(names)] == [True] * 20


async def test_a_place_in_the_queue_ends_with_the_connect_time() -> None:
    quick = Timeouts(connect=0.05, first_byte=1, between_chunks=1, total=2)
    async with ScriptedUpstream([read, hold]) as upstream, transport(max_connections=1) as out:
        first = asyncio.ensure_future(fetch(out, upstream.port))
        await (await upstream.peer()).until(lambda: bool(upstream.requests))
        with pytest.raises(Problem) as caught:
            await fetch(out, upstream.port, timeouts=quick)
        first.cancel()
        await asyncio.wait({first})

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT
    assert "waiting for a free connection" in caught.value.detail


@pytest.mark.parametrize("end", [answer(b"x"), answer(b"x", 200, (b"connection", b"close")), b"nonsense"])
async def test_a_place_goes_on_however_the_one_before_ended(end: bytes) -> None:
    async with ScriptedUpstream([read, 0.01, end, ECHO], [ECHO]) as upstream, transport(max_connections=1) as out:
        waiting = [asyncio.ensure_future(fetch(out, upstream.port, b"%d" % number)) for number in range(4)]
        for cancelled in (waiting[1], waiting[2]):
            await asyncio.sleep(0)
            cancelled.cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)

        assert out.connections <= 1
    assert isinstance(done[1], asyncio.CancelledError)
    assert done[3] == b"3"


async def test_a_place_that_comes_to_a_cancelled_request_is_passed_on() -> None:
    """It is given and the request is cancelled in the same round of the loop: nobody else may starve."""
    pool = Pool(local(1), limit=1, max_idle=1, idle_seconds=1)
    assert await pool.acquire() is None
    second, third = asyncio.ensure_future(pool.acquire()), asyncio.ensure_future(pool.acquire())
    await asyncio.sleep(0)

    pool.free()
    second.cancel()

    async with asyncio.timeout(1):
        assert await third is None
    assert (second.cancelled(), pool.places) == (True, 1)


async def test_a_connection_that_comes_to_a_cancelled_request_is_passed_on() -> None:
    async with ScriptedUpstream([ECHO]) as upstream, transport(max_connections=1) as out:
        await fetch(out, upstream.port)
        (pool,) = out._pools.values()
        connection = await pool.acquire()
        assert connection is not None
        second, third = asyncio.ensure_future(pool.acquire()), asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)

        pool.rested(connection)
        second.cancel()

        async with asyncio.timeout(1):
            assert await third is connection
        assert (second.cancelled(), pool.places) == (True, 1)
        pool.rested(connection)


# The end of all.


async def test_the_end_of_the_transport_ends_everything() -> None:
    stream = head(200, (b"transfer-encoding", b"chunked")) + chunk(b"one")
    scripts = [read, stream, hold], [read, hold], [ECHO]
    async with ScriptedUpstream(*scripts) as upstream, transport(max_connections=3) as out:
        streaming = await out.send(ask(upstream.port))
        assert await anext(streaming.body) == b"one"
        unanswered = asyncio.ensure_future(fetch(out, upstream.port))
        await (await upstream.peer(1)).until(lambda: len(upstream.requests) == 2)
        await fetch(out, upstream.port)
        busy = asyncio.ensure_future(anext(streaming.body))
        queued = [asyncio.ensure_future(fetch(out, upstream.port)) for _ in range(3)]
        await asyncio.sleep(0)
        await out.aclose()
        done = await asyncio.gather(busy, unanswered, *queued, return_exceptions=True)

        assert out.connections == 0
        for peer in upstream.peers:
            await peer.closed()
        with pytest.raises(Problem):
            await fetch(out, upstream.port)
    assert {type(result) for result in done} == {Problem}

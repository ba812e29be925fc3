"""What an upstream can do wrong, by the ids of the fault list: each is one clear problem, in time, with little memory."""

import asyncio
import gzip
import socket
import tracemalloc
import zlib

import pytest

from lockgate.core.http import Outbound, Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http import HttpTransport
from tests.integration.outbound import ask, transport
from tests.integration.scripted import (
    Peer,
    ScriptedUpstream,
    Step,
    answer,
    chunk,
    close,
    cut,
    head,
    hold,
    pour,
    read,
    reset,
)

CHUNKED = head(200, (b"transfer-encoding", b"chunked"))


async def fetch(out: HttpTransport, outbound: Outbound) -> bytes:
    arrival = await out.send(outbound)
    return await arrival.body.read()


async def refused(*steps: Step, **more: object) -> Problem:
    """The problem that comes of this; and the connection is not used again."""
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        with pytest.raises(Problem) as caught:
            await fetch(out, ask(upstream.port, **more))
        assert out.connections == 0
        await (await upstream.peer()).closed()
    assert caught.value.source == "upstream"
    assert "127.0.0.1" not in caught.value.detail
    return caught.value


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def patient(**phases: float) -> Timeouts:
    return Timeouts(**{"connect": 2, "first_byte": 2, "between_chunks": 2, "total": 4, **phases})


async def test_u1_refused_is_known_at_once() -> None:
    async with transport() as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(unused_port()))

    assert (caught.value.kind, caught.value.source) == (Kind.UNREACHABLE, "upstream")


async def test_u2_a_black_hole_is_left_after_the_connect_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:  # from the second on the system drops what comes: nobody accepts
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        async with transport() as out:
            with pytest.raises(Problem) as caught:
                await out.send(ask(port, timeouts=patient(connect=0.1)))
        for sock in waiting:
            sock.close()

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT
    assert "connecting" in caught.value.detail


async def test_u3_a_hang_before_the_header() -> None:
    problem = await refused(read, hold, timeouts=patient(first_byte=0.05))

    assert (problem.kind, problem.status) == (Kind.UPSTREAM_TIMEOUT, 504)


async def test_u3_answers_before_the_answer_do_not_buy_time() -> None:
    problem = await refused(read, *[head(103), 0.02] * 8, hold, timeouts=patient(first_byte=0.08))

    assert problem.kind is Kind.UPSTREAM_TIMEOUT


async def test_u4_a_hang_in_the_middle() -> None:
    async with ScriptedUpstream([read, CHUNKED, chunk(b"one"), hold]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, timeouts=patient(between_chunks=0.05)))

        assert await anext(arrival.body) == b"one"
        with pytest.raises(Problem) as caught:
            await anext(arrival.body)
        await upstream.peers[0].closed()

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT


@pytest.mark.parametrize("end", [close, cut, reset])
@pytest.mark.parametrize("framing", [CHUNKED + chunk(b"one"), head(200, (b"content-length", b"9")) + b"one"])
async def test_u5_an_end_in_the_middle_is_never_a_clean_one(end: Step, framing: bytes) -> None:
    async with ScriptedUpstream([read, framing, 0.02, end]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port))

        assert await anext(arrival.body) == b"one"
        with pytest.raises(Problem) as caught:
            await anext(arrival.body)
        with pytest.raises(Problem):
            await arrival.body.read()

    assert caught.value.kind is Kind.UNREACHABLE
    assert "before the answer was complete" in caught.value.detail


async def test_u5_a_reset_does_not_end_a_body_without_a_length() -> None:
    problem = await refused(read, head(200), b"abc", 0.02, reset)

    assert problem.kind is Kind.UNREACHABLE


@pytest.mark.parametrize("end", [close, reset])
async def test_u5_an_end_before_the_header_is_not_tried_again_on_a_fresh_connection(end: Step) -> None:
    async with ScriptedUpstream([read, end], [read, answer()]) as upstream, transport() as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(upstream.port))

        assert len(upstream.peers) == 1
    assert caught.value.kind is Kind.UNREACHABLE


async def test_u9_a_drip_is_cut_by_the_total_time() -> None:
    drip: list[Step] = [chunk(b"x"), 0.02] * 100

    problem = await refused(read, CHUNKED, *drip, timeouts=patient(between_chunks=1, total=0.15))

    assert problem.kind is Kind.UPSTREAM_TIMEOUT
    assert "in all" in problem.detail


async def test_u9_a_drip_of_header_bytes_is_cut_by_the_first_byte_time() -> None:
    drip: list[Step] = [b"x", 0.02] * 100

    problem = await refused(read, b"HTTP/1.1 200 OK\r\nx: ", *drip, timeouts=patient(first_byte=0.1))

    assert problem.kind is Kind.UPSTREAM_TIMEOUT


BOMB = zlib.compress(bytes(40_000_000), 9)
CODED = {
    "truncated gzip": (b"gzip", gzip.compress(b"hello" * 1000)[:-9]),
    "not gzip": (b"gzip", b"hello"),
    "gzip with a tail": (b"gzip", gzip.compress(b"hello") + b"hello"),
    "truncated deflate": (b"deflate", zlib.compress(b"hello" * 99)[:-5]),
    "one byte of deflate": (b"deflate", b"x"),
    "gzip bomb": (b"gzip", gzip.compress(bytes(40_000_000), 9)),
    "deflate bomb": (b"deflate", BOMB),
    "many members": (b"gzip", gzip.compress(b"a") * 100),
    "brotli": (b"br", b"hello"),
    "zstd": (b"zstd", b"hello"),
    "twice": (b"gzip, gzip", gzip.compress(gzip.compress(b"hello"))),
    "nonsense": (b"\xff\x01x", b"hello"),
}


@pytest.mark.parametrize("name", CODED)
async def test_u12_s48_an_encoding_that_cannot_be_undone_in_bounds(name: str) -> None:
    coding, raw = CODED[name]

    problem = await refused(read, answer(raw, 200, (b"content-encoding", coding)))

    assert problem.kind is Kind.BAD_UPSTREAM


async def test_u12_s48_a_bomb_takes_little_memory() -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)
    async with (
        ScriptedUpstream([read, answer(bomb, 200, (b"content-encoding", b"gzip"))]) as upstream,
        transport() as out,
    ):
        tracemalloc.start()
        with pytest.raises(Problem):
            await fetch(out, ask(upstream.port))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 12_000_000


@pytest.mark.parametrize("framing", [CHUNKED, head(200)])
async def test_u13_an_endless_body_is_cut_at_the_limit(framing: bytes) -> None:
    problem = await refused(read, framing, pour(chunk(b"x" * 10_000)), max_bytes=1_000_000)

    assert problem.kind is Kind.BAD_UPSTREAM
    assert "larger" in problem.detail


async def test_u13_a_length_over_the_limit_is_refused_before_the_body() -> None:
    problem = await refused(read, head(200, (b"content-length", b"5000000000")), hold)

    assert problem.kind is Kind.BAD_UPSTREAM


async def test_u13_a_body_of_just_the_limit_is_taken() -> None:
    async with ScriptedUpstream([read, answer(b"x" * 1000)]) as upstream, transport() as out:
        assert len(await fetch(out, ask(upstream.port, max_bytes=1000))) == 1000


BROKEN = {
    "not HTTP": b"SSH-2.0-OpenSSH_9\r\n",
    "another version": b"HTTP/3.0 200 OK\r\n\r\n",
    "status 0": b"HTTP/1.1 000 OK\r\ncontent-length: 0\r\n\r\n",
    "status 600": b"HTTP/1.1 600 OK\r\ncontent-length: 0\r\n\r\n",
    "bare LF": b"HTTP/1.1 200 OK\ncontent-length: 0\n\n",
    "folded header": b"HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n",
    "NUL in a header": b"HTTP/1.1 200 OK\r\na: \0\r\ncontent-length: 0\r\n\r\n",
    "two lengths": head(200, (b"content-length", b"1"), (b"content-length", b"2")) + b"ab",
    "length and chunked": head(200, (b"content-length", b"1"), (b"transfer-encoding", b"chunked")) + chunk(b""),
    "negative length": head(200, (b"content-length", b"-1")),
    "length in words": head(200, (b"content-length", b"1_0")) + b"x" * 10,
    "huge length": head(200, (b"content-length", b"9" * 30)),
    "huge chunk": CHUNKED + b"f" * 20 + b"\r\n",
    "negative chunk": CHUNKED + b"-1\r\n",
    "bad chunk end": CHUNKED + b"1\r\nabc\r\n",
    "gzip as transfer": head(200, (b"transfer-encoding", b"gzip, chunked")) + chunk(b""),
    "unknown transfer": head(200, (b"transfer-encoding", b"xchunked")),
    "chunked twice": head(200, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")) + chunk(b""),
    "chunked and no more": head(200, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")),
    "another protocol": head(101, (b"upgrade", b"websocket"), (b"connection", b"upgrade")),
    "no end of early hints": head(103) * 9,
    "endless early hints": head(103) * 10_000,
    "10^5 headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000 + b"\r\n",
    "257 headers": head(200, *[(b"a", b"b")] * 257),
    "header of 70 KB": head(200, (b"a", b"x" * 70_000)),
    "header without an end": b"HTTP/1.1 200 OK\r\na: " + b"x" * 300_000,
    "name without an end": b"HTTP/1.1 200 OK\r\n" + b"x" * 300_000,
    "reason without an end": b"HTTP/1.1 200 " + b"x" * 300_000,
    "trailers of 1 MB": CHUNKED + b"0\r\nx: " + b"y" * 1_000_000,
    "10^5 trailers": CHUNKED + b"0\r\n" + b"a: b\r\n" * 100_000,
    "chunk extension of 1 MB": CHUNKED + b"1;" + b"y" * 1_000_000,
    "long extensions on small chunks": CHUNKED + (b"1;" + b"y" * 100 + b"\r\nx\r\n") * 10_000,
}


@pytest.mark.parametrize("name", BROKEN)
async def test_u17_what_is_not_sound_http(name: str) -> None:
    problem = await refused(read, BROKEN[name])

    assert (problem.kind, problem.status) == (Kind.BAD_UPSTREAM, 502)


@pytest.mark.parametrize(
    "large",
    [
        head(200, (b"content-length", b"0"), *[(b"a", b"b")] * 255),
        head(200, (b"a", b"x" * 60_000), (b"content-length", b"0")),
    ],
)
async def test_u17_a_header_within_the_bounds_is_taken(large: bytes) -> None:
    async with ScriptedUpstream([read, large]) as upstream, transport() as out:
        assert await fetch(out, ask(upstream.port)) == b""


async def test_u17_a_length_that_is_too_short_spoils_the_connection_only() -> None:
    long = head(200, (b"content-length", b"2")) + b"okHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother"
    async with (
        ScriptedUpstream([read, long, read, answer(b"wrong")], [read, answer(b"right")]) as upstream,
        transport() as out,
    ):
        first = await fetch(out, ask(upstream.port))
        second = await fetch(out, ask(upstream.port))

    assert (first, second) == (b"ok", b"right")


async def test_u17_the_start_of_another_answer_never_meets_the_next_request() -> None:
    poison = answer(b"ok") + b"HTTP/1.1 200 OK\r\nx-poison: 1\r\n"
    async with (
        ScriptedUpstream([read, poison, read, b"content-length: 0\r\n\r\n"], [read, answer(b"right")]) as upstream,
        transport() as out,
    ):
        await fetch(out, ask(upstream.port))
        arrival = await out.send(ask(upstream.port))

        assert await arrival.body.read() == b"right"
        assert (b"x-poison", b"1") not in arrival.headers


async def test_slow_reader_stops_the_upstream_and_is_no_fault_of_it() -> None:
    async with ScriptedUpstream([read, CHUNKED, pour(chunk(b"x" * 65_536))]) as upstream, transport() as out:
        timeouts = patient(between_chunks=0.05, total=3)
        arrival = await out.send(ask(upstream.port, timeouts=timeouts, max_bytes=1 << 40))
        peer = await upstream.peer()
        await _standstill(peer)
        stopped_at = peer.sent

        assert 256 * 1024 < stopped_at < 16_000_000, "what two sockets and our own bound hold, and no more"
        seen = 0
        while seen < stopped_at + 1_000_000:
            seen += len(await anext(arrival.body))
        assert peer.sent > stopped_at
        await arrival.body.aclose()


async def _standstill(peer: Peer) -> None:
    """Until nothing more was taken for longer than the time between chunks."""
    before = -1
    while before < peer.sent:
        before = peer.sent
        await asyncio.sleep(0.15)


async def test_slow_reader_is_ended_by_the_total_time() -> None:
    async with ScriptedUpstream([read, CHUNKED, pour(chunk(b"x" * 65_536))]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, timeouts=patient(total=0.1)))
        await (await upstream.peer()).closed()

        with pytest.raises(Problem) as caught:
            [piece async for piece in arrival.body]

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT

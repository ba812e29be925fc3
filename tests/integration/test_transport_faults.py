"""What an upstream can do wrong, by the ids of the fault list: each is one clear problem, in time, with little memory."""

import asyncio
import socket

import pytest

from lockgate.core.http import Timeouts
from lockgate.core.problem import Kind, Problem
from tests.integration.outbound import ask, refused, transport
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

    assert caught.value.kind is Kind.UPSTREAM_RESET
    assert caught.value.written
    assert "before the answer was complete" in caught.value.detail


async def test_u5_a_reset_does_not_end_a_body_without_a_length() -> None:
    problem = await refused(read, head(200), b"abc", 0.02, reset)

    assert problem.kind is Kind.UPSTREAM_RESET


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


async def test_a_reader_that_comes_late_and_wants_all_gets_all() -> None:
    large = b"x" * 5_000_000
    async with ScriptedUpstream([read, answer(large)]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port))
        await _standstill(await upstream.peer())

        assert await arrival.body.read() == large

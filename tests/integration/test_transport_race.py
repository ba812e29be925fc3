"""The race with an upstream that closes an idle connection: one fresh try if nothing was received, and never otherwise."""

import asyncio

import pytest

from lockgate.core.http import Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http import HttpTransport
from tests.integration.outbound import ask, transport
from tests.integration.scripted import Peer, ScriptedUpstream, Step, answer, close, each, head, hold, read, reset


async def echo_once(peer: Peer) -> None:
    await peer.send(answer((await peer.request()).body))


ECHO = each(lambda request: answer(request.body))


async def fetch(out: HttpTransport, port: int, body: bytes = b"x", **more: object) -> bytes:
    arrival = await out.send(ask(port, body, **more))
    return await arrival.body.read()


@pytest.mark.parametrize("end", [close, reset])
async def test_a_reused_connection_that_dies_without_a_byte_is_tried_once_on_a_fresh_one(end: Step) -> None:
    once: list[Step] = [echo_once, read, end]  # takes the second request, then closes: the race as seen from here
    async with ScriptedUpstream(once, [ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)

        assert await fetch(out, upstream.port, b"again") == b"again"
        assert [len(peer.requests) for peer in upstream.peers] == [2, 1]
        assert out.connections == 1


async def test_the_fresh_one_is_not_another_idle_one_and_it_is_tried_once_only() -> None:
    dying = [echo_once, read, close]
    async with ScriptedUpstream(dying, dying, [read, close], [ECHO]) as upstream, transport() as out:
        await asyncio.gather(fetch(out, upstream.port), fetch(out, upstream.port))
        with pytest.raises(Problem) as caught:
            await fetch(out, upstream.port)

        seen = [len(peer.requests) for peer in upstream.peers]
    assert (sorted(seen[:2]), seen[2:]) == ([1, 2], [1])
    assert caught.value.kind is Kind.UNREACHABLE


@pytest.mark.parametrize("said", [b"H", head(103), b"HTTP/1.1 200 OK\r\n"])
async def test_a_reused_connection_that_dies_after_a_byte_is_not_tried_again(said: bytes) -> None:
    async with ScriptedUpstream([echo_once, read, said, 0.02, close], [ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)
        with pytest.raises(Problem):
            await fetch(out, upstream.port)

        assert len(upstream.peers) == 1


async def test_a_time_out_on_a_reused_connection_is_not_tried_again() -> None:
    quick = Timeouts(connect=1, first_byte=0.05, between_chunks=1, total=2)
    async with ScriptedUpstream([echo_once, read, hold], [ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)
        with pytest.raises(Problem) as caught:
            await fetch(out, upstream.port, timeouts=quick)

        assert len(upstream.peers) == 1
    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT


async def test_S80_a_reused_connection_that_dies_later_than_a_race_would_is_not_tried_again() -> None:
    """The upstream may have acted: it died of the request, or in the middle of it."""
    async with ScriptedUpstream([echo_once, read, 1.1, close], [ECHO]) as upstream, transport() as out:
        await fetch(out, upstream.port)
        with pytest.raises(Problem) as caught:
            await fetch(out, upstream.port)

        assert len(upstream.peers) == 1
    assert (caught.value.kind, caught.value.written) == (Kind.UNREACHABLE, True)


async def test_a_retry_keeps_the_place_that_it_has() -> None:
    async with (
        ScriptedUpstream([echo_once, read, 0.02, close], [ECHO]) as upstream,
        transport(max_connections=1) as out,
    ):
        await fetch(out, upstream.port)
        got = await asyncio.gather(*(fetch(out, upstream.port, b"%d" % number) for number in range(5)))

        assert got == [b"%d" % number for number in range(5)]
        assert (len(upstream.peers), out.connections) == (2, 1)

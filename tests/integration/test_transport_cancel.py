"""Cancelling closes the socket at once in every phase, and bytes of a cancelled request never reach another (S34)."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest
import trustme

from lockgate.core.http import Incoming, Origin, Outbound
from lockgate.core.problem import Problem
from lockgate.transports.http import HttpTransport
from tests.integration.outbound import ask, local, transport, whole
from tests.integration.scripted import (
    CHUNKED,
    Peer,
    ScriptedUpstream,
    Step,
    answer,
    chunk,
    each,
    hold,
    pour,
    read,
    read_head,
    stop_reading,
)

PROMPT = 0.25
"""Seconds within which the upstream must see that nobody waits any more."""


async def seen_in_time(peer: Peer, act: Callable[[], object]) -> None:
    """The upstream sees the close soon after this."""
    before = asyncio.get_running_loop().time()
    act()

    assert await peer.closed() - before < PROMPT


async def ended(task: asyncio.Task[object]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await task


async def streamed(out: HttpTransport, outbound: Outbound) -> None:
    arrival = await out.send(outbound)
    async for _ in arrival.body:
        pass


PHASES: dict[str, tuple[list[Step], bytes, Callable[[Peer], bool]]] = {
    "sending": ([read_head, stop_reading, hold], b"x" * 30_000_000, lambda peer: len(peer.received) > 1000),
    "waiting for the header": ([hold], b"{}", lambda peer: bool(peer.requests)),
    "in the header": ([read, b"HTTP/1.1 200 OK\r\nx: y", hold], b"{}", lambda peer: peer.sent > 0),
    "streaming": ([read, CHUNKED, chunk(b"one"), hold], b"{}", lambda peer: peer.sent > len(CHUNKED)),
}


@pytest.mark.parametrize("consume", [whole, streamed])
@pytest.mark.parametrize("phase", PHASES)
async def test_cancelled_while(phase: str, consume: Callable[[HttpTransport, Outbound], Awaitable[object]]) -> None:
    steps, body, reached = PHASES[phase]
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        task = asyncio.ensure_future(consume(out, ask(upstream.port, body)))
        peer = await upstream.peer()
        await peer.until(lambda: reached(peer))
        await asyncio.sleep(0.02)
        if phase == "sending":
            asyncio.get_running_loop().call_later(0.01, peer.transport.resume_reading)

        await seen_in_time(peer, task.cancel)
        await ended(task)
        assert out.connections == 0


async def test_cancelled_while_connecting_tls() -> None:
    async with ScriptedUpstream([hold]) as upstream, transport() as out:
        task = asyncio.ensure_future(out.send(ask(upstream.port, origin=local(upstream.port, "https"))))
        peer = await upstream.peer()
        await peer.until(lambda: len(peer.received) > 100)

        await seen_in_time(peer, task.cancel)
        await ended(task)
        assert out.connections == 0


@pytest.mark.parametrize("answered", [False, True])
async def test_cancelled_on_a_tls_connection(answered: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    roots = str(tmp_path_factory.mktemp("tls") / "roots.pem")
    authority.cert_pem.write_to_path(roots)
    steps: list[Step] = [read, *([CHUNKED, chunk(b"one")] if answered else []), hold]
    async with ScriptedUpstream(steps, tls=tls) as upstream, transport(extra_ca=roots) as out:
        task = asyncio.ensure_future(whole(out, ask(upstream.port, origin=local(upstream.port, "https"))))
        peer = await upstream.peer()
        await peer.until(lambda: bool(peer.requests))
        await asyncio.sleep(0.02)

        await seen_in_time(peer, task.cancel)
        await ended(task)


async def test_cancelled_while_resolving() -> None:
    asked = asyncio.Event()

    async def resolver(host: str, port: int) -> list[str]:
        asked.set()
        await asyncio.sleep(0.05)
        return ["127.0.0.1"]

    async with ScriptedUpstream([hold]) as upstream, transport(resolver=resolver) as out:
        origin = Origin("http", "model.test", upstream.port, allow_private=True)
        task = asyncio.ensure_future(out.send(ask(0, origin=origin)))
        await asked.wait()
        task.cancel()
        await ended(task)

        assert out.connections == 0
        await asyncio.sleep(0.08)
        assert upstream.peers == []


async def test_cancelled_while_queued() -> None:
    async with ScriptedUpstream([read, hold]) as upstream, transport(max_connections=1) as out:
        first = asyncio.ensure_future(out.send(ask(upstream.port)))
        await (await upstream.peer()).until(lambda: bool(upstream.requests))
        queued = asyncio.ensure_future(out.send(ask(upstream.port)))
        await asyncio.sleep(0)
        queued.cancel()
        await ended(queued)

        assert out.connections == 1
        await seen_in_time(upstream.peers[0], first.cancel)
        await ended(first)
        assert out.connections == 0


async def test_cancelled_between_the_stale_connection_and_the_fresh_one() -> None:
    async def once_then_leave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"x"))
        await peer.request()
        peer.transport.close()

    async with ScriptedUpstream([once_then_leave], [read, hold]) as upstream, transport(max_connections=1) as out:
        await whole(out, ask(upstream.port))
        task = asyncio.ensure_future(whole(out, ask(upstream.port)))
        peer = await upstream.peer(1)

        await seen_in_time(peer, task.cancel)
        await ended(task)
        assert out.connections == 0


async def stopped_with_aclose(body: Incoming) -> None:
    await anext(body)
    await body.aclose()


async def stopped_while_the_upstream_is_held_back(body: Incoming) -> None:
    await anext(body)
    await asyncio.sleep(0.05)
    await body.aclose()


@pytest.mark.parametrize("stop", [stopped_with_aclose, stopped_while_the_upstream_is_held_back])
async def test_a_body_that_is_closed_early(stop: Callable[[Incoming], Awaitable[None]]) -> None:
    async with ScriptedUpstream([read, CHUNKED, pour(chunk(b"x" * 65_536))]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, max_bytes=1 << 40))
        await stop(arrival.body)
        before = asyncio.get_running_loop().time()

        assert await upstream.peers[0].closed() - before < PROMPT
        assert out.connections == 0
        await arrival.body.aclose()


async def test_who_reads_a_body_that_was_closed_is_told_and_does_not_wait() -> None:
    async with ScriptedUpstream([read, CHUNKED, chunk(b"one"), hold]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port))
        await anext(arrival.body)
        waiting = asyncio.ensure_future(arrival.body.read())
        await asyncio.sleep(0)
        await arrival.body.aclose()

        async with asyncio.timeout(1):
            for reading in (waiting, arrival.body.read(), anext(arrival.body)):
                with pytest.raises(Problem):
                    await reading


async def test_closing_a_finished_body_closes_nothing() -> None:
    async with ScriptedUpstream([each(lambda request: answer(request.body))]) as upstream, transport() as out:
        first = await out.send(ask(upstream.port, b"first"))
        second = asyncio.ensure_future(whole(out, ask(upstream.port, b"second")))
        await asyncio.sleep(0)
        await first.body.aclose()

        assert await second == b"second"
        assert len(upstream.peers) == 1

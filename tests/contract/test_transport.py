"""What every transport promises. Anything that passes this may stand behind the port."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from lockgate.core.http import Arrival, Origin, Outbound, Timeouts, Transport
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http import HttpTransport
from tests.integration.scripted import ScriptedUpstream, Step, answer, chunk, close, each, head, hold, read, reset


class Closing(Transport, Protocol):
    async def aclose(self) -> None: ...


@pytest.fixture(params=[HttpTransport], ids=lambda made: made.__module__)
def make(request: pytest.FixtureRequest) -> Callable[[], Closing]:
    made: Callable[[], Closing] = request.param
    return made


CHUNKED = head(200, (b"transfer-encoding", b"chunked"))
SLOW = Timeouts(connect=2, first_byte=2, between_chunks=2, total=4)


def ask(port: int, **more: Any) -> Outbound:
    known: dict[str, Any] = {
        "origin": Origin("http", "127.0.0.1", port, literal=True),
        "method": "POST",
        "target": "/v1/x?a=b",
        "headers": ((b"content-type", b"application/json"), (b"authorization", b"Bearer secret")),
        "body": b'{"a":1}',
        "timeouts": SLOW,
    }
    return Outbound(**{**known, **more})


async def arrived(transport: Closing, outbound: Outbound) -> tuple[Arrival, bytes]:
    arrival = await transport.send(outbound)
    return arrival, await arrival.body.read()


async def problem_of(make: Callable[[], Closing], *steps: Step, **more: Any) -> Problem:
    transport = make()
    async with ScriptedUpstream(steps) as upstream:
        with pytest.raises(Problem) as caught:
            await arrived(transport, ask(upstream.port, **more))
        await transport.aclose()
    assert caught.value.source == "upstream"
    assert "secret" not in caught.value.detail
    return caught.value


async def test_the_request_is_sent_as_it_is(make: Callable[[], Closing]) -> None:
    transport = make()
    async with ScriptedUpstream([read, answer(b"ok", 207, (b"X-Y", b"z"))]) as upstream:
        arrival, body = await arrived(transport, ask(upstream.port))
        await transport.aclose()

    sent = upstream.requests[0]
    assert (sent.method, sent.target, sent.body) == ("POST", "/v1/x?a=b", b'{"a":1}')
    assert sent.header(b"host") == [b"127.0.0.1:%d" % upstream.port]
    assert sent.header(b"content-length") == [b"7"]
    assert sent.header(b"authorization") == [b"Bearer secret"]
    assert sent.header(b"transfer-encoding") == []
    assert (arrival.status, body) == (207, b"ok")
    assert (b"x-y", b"z") in arrival.headers


async def test_chunks_come_as_they_are_sent(make: Callable[[], Closing]) -> None:
    transport = make()
    async with ScriptedUpstream([read, CHUNKED, chunk(b"one"), hold]) as upstream:
        arrival = await transport.send(ask(upstream.port))
        assert await anext(arrival.body) == b"one"
        await upstream.peers[0].send(chunk(b"two") + chunk(b""))

        assert b"".join([piece async for piece in arrival.body]) == b"two"
        await transport.aclose()


async def test_any_status_is_an_arrival_and_redirects_are_not_followed(make: Callable[[], Closing]) -> None:
    statuses = [200, 204, 301, 307, 400, 404, 429, 500, 529]
    scripts = [[read, answer(b"", status, (b"location", b"/elsewhere")), close] for status in statuses]
    transport = make()
    async with ScriptedUpstream(*scripts) as upstream:
        seen = [(await arrived(transport, ask(upstream.port)))[0].status for _ in statuses]
        await transport.aclose()

    assert seen == statuses
    assert {request.target for request in upstream.requests} == {"/v1/x?a=b"}


async def test_nobody_there(make: Callable[[], Closing]) -> None:
    transport = make()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Problem) as caught:
        await transport.send(ask(port))
    await transport.aclose()

    assert (caught.value.kind, caught.value.source) == (Kind.UNREACHABLE, "upstream")


@pytest.mark.parametrize(
    "origin", [Origin("http", "127.0.0.1", 1), Origin("http", "169.254.169.254", 80, literal=True)]
)
async def test_addresses_that_may_not_be_called(make: Callable[[], Closing], origin: Origin) -> None:
    problem = await problem_of(make, hold, origin=origin)

    assert problem.kind is Kind.UNREACHABLE
    assert origin.host not in problem.detail


@pytest.mark.parametrize("end", [close, reset])
@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200", CHUNKED + chunk(b"one"), head(200, (b"content-length", b"9")) + b"one"]
)
async def test_an_answer_that_is_not_whole(make: Callable[[], Closing], said: bytes, end: Step) -> None:
    begun = Kind.UPSTREAM_RESET if b"\r\n\r\n" in said else Kind.UNREACHABLE
    assert (await problem_of(make, read, said, 0.01, end)).kind is begun


@pytest.mark.parametrize(
    "said",
    [b"nonsense\r\n\r\n", CHUNKED + b"x", head(200, (b"content-encoding", b"br")), head(200, *[(b"a", b"b")] * 9999)],
)
async def test_what_is_no_answer(make: Callable[[], Closing], said: bytes) -> None:
    assert (await problem_of(make, read, said, hold)).kind is Kind.BAD_UPSTREAM


async def test_more_than_may_be_taken(make: Callable[[], Closing]) -> None:
    assert (await problem_of(make, read, answer(b"x" * 1001), max_bytes=1000)).kind is Kind.BAD_UPSTREAM


PHASES: dict[str, list[Step]] = {
    "first_byte": [read, hold],
    "between_chunks": [read, CHUNKED, chunk(b"one"), hold],
    "total": [read, CHUNKED, *[chunk(b"x"), 0.02] * 50],
}


@pytest.mark.parametrize("phase", PHASES)
async def test_too_slow(make: Callable[[], Closing], phase: str) -> None:
    timeouts = Timeouts(**{"connect": 2, "first_byte": 2, "between_chunks": 2, "total": 4, phase: 0.08})

    assert (await problem_of(make, *PHASES[phase], timeouts=timeouts)).kind is Kind.UPSTREAM_TIMEOUT


@pytest.mark.parametrize("steps", [[hold], [read, hold], [read, CHUNKED, chunk(b"one"), hold]])
async def test_cancelling_closes_at_once(make: Callable[[], Closing], steps: list[Step]) -> None:
    transport = make()
    async with ScriptedUpstream(steps) as upstream:
        task = asyncio.ensure_future(arrived(transport, ask(upstream.port)))
        peer = await upstream.peer()
        await peer.until(lambda: bool(peer.requests))
        await asyncio.sleep(0.02)
        before = asyncio.get_running_loop().time()
        task.cancel()

        assert await peer.closed() - before < 0.25
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.aclose()


async def test_closing_a_body_early_closes_at_once(make: Callable[[], Closing]) -> None:
    transport = make()
    async with ScriptedUpstream([read, CHUNKED, chunk(b"one"), hold]) as upstream:
        arrival = await transport.send(ask(upstream.port))
        before = asyncio.get_running_loop().time()
        await arrival.body.aclose()

        assert await upstream.peers[0].closed() - before < 0.25
        await transport.aclose()


async def test_many_at_once_each_get_their_own(make: Callable[[], Closing]) -> None:
    transport = make()
    async with ScriptedUpstream([each(lambda request: answer(request.body))]) as upstream:
        bodies = [b"%d" % number for number in range(50)]
        got = await asyncio.gather(*(arrived(transport, ask(upstream.port, body=body)) for body in bodies))
        await transport.aclose()

    assert [body for _, body in got] == bodies

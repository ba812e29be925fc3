"""Replies on the wire: streams, their ends, HEAD, HTTP/1.0, and errors of the application."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from tests.integration.front_door import GET, Serve, door, post


class Stream:
    """Chunks that come when they are let go, an end, and a note whether it was closed."""

    def __init__(self, chunks: list[bytes], error: Exception | None = None) -> None:
        self.chunks = chunks
        self.error = error
        self.go = asyncio.Semaphore(0)
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
            await self.go.acquire()
        if self.error is not None:
            raise self.error


class Body:
    """An iterator with `aclose`, as an upstream's body is one."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.inner = stream.__aiter__()

    def __aiter__(self) -> "Body":
        return self

    async def __anext__(self) -> bytes:
        return await self.inner.__anext__()

    async def aclose(self) -> None:
        self.stream.closed = True


def streams(stream: Stream) -> Serve:
    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, ((b"content-type", b"text/event-stream"),), Body(stream))

    return serve


async def test_each_chunk_leaves_at_once_and_empty_ones_end_nothing() -> None:
    stream = Stream([b"data: 1\n\n", b"", b"data: 2\n\n"])
    async with door(streams(stream)) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        first = await client.receive()
        if first is not None and first.endswith(b"\r\n\r\n") and b"data" not in first:
            first += await client.receive() or b""
        stream.go.release()
        stream.go.release()
        second = await client.receive()
        stream.go.release()
        end = await client.receive()
        await client.send(GET)
        again = await client.receive()
        client.close()

    assert first is not None
    assert first.endswith(b"transfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")
    assert (second, end) == (b"9\r\ndata: 2\n\n\r\n", b"0\r\n\r\n")
    assert again is not None
    assert again.startswith(b"HTTP/1.1 200 OK\r\n")
    assert stream.closed


async def test_a_stream_that_breaks_never_ends_cleanly() -> None:
    stream = Stream([b"data: 1\n\n"], RuntimeError("broken"))
    stream.go.release()
    async with door(streams(stream)) as gateway:
        answers = await gateway.ask(GET)

    assert [(answer.body, answer.whole) for answer in answers] == [(b"data: 1\n\n", False)]
    assert stream.closed


async def test_a_stream_whose_reply_is_malformed_is_closed() -> None:
    stream = Stream([b"1"])

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, ((b"x", b"a\r\nb"),), Body(stream))

    async with door(serve) as gateway:
        answers = await gateway.ask(GET)

    assert [answer.status for answer in answers] == [500]
    assert stream.closed


async def test_the_head_of_a_stream_does_not_wait_for_its_first_chunk() -> None:
    async def slow() -> AsyncIterator[bytes]:
        await asyncio.sleep(30)
        yield b"never"

    async def serve(inbound: Inbound) -> Reply:
        return Reply(200, (), slow())

    async with door(serve) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        head = await client.receive(1.0)
        client.close()

    assert head is not None
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_head_of_the_root_says_that_somebody_is_here() -> None:
    async with door() as gateway:
        client = await gateway.connect()
        await client.send(b"HEAD / HTTP/1.1\r\nHost: gw\r\n\r\n")
        answer = await client.one()
        await client.send(GET)
        assert (await client.one()).status == 200
        client.close()

    assert (answer.status, answer.body) == (200, b"")
    assert len(answer.headers[b"x-request-id"]) == 32
    assert gateway.paths == ["/v1/models"]


async def test_head_elsewhere_is_the_application_s_and_gets_no_body() -> None:
    stream = Stream([b"never"])
    async with door() as gateway, door(streams(stream)) as streaming:
        for one in (gateway, streaming):
            client = await one.connect()
            await client.send(b"HEAD /v1/models HTTP/1.1\r\nHost: gw\r\n\r\n")
            assert (await client.one()).status == 200
            assert await client.receive(0.1) is None
            client.close()

    assert gateway.paths == ["/v1/models"]
    assert stream.closed


async def test_http_1_0_gets_a_stream_without_chunks_and_the_end_of_the_connection() -> None:
    stream = Stream([b"data: 1\n\n", b"data: 2\n\n"])
    stream.go.release()
    stream.go.release()
    async with door(streams(stream)) as gateway:
        client = await gateway.connect()
        await client.send(b"GET / HTTP/1.0\r\nHost: gw\r\n\r\n")
        raw = b""
        while data := await client.receive():
            raw += data
        client.close()

    assert raw.endswith(b"connection: close\r\n\r\ndata: 1\n\ndata: 2\n\n")
    assert b"transfer-encoding" not in raw


async def test_an_error_of_the_application_is_a_500_without_detail(caplog: pytest.LogCaptureFixture) -> None:
    async def serve(inbound: Inbound) -> Reply:
        raise RuntimeError("secret detail")

    async with door(serve) as gateway:
        answers = await gateway.ask(GET + GET)

    assert [(answer.status, answer.body) for answer in answers] == [(500, b"internal_error")] * 2
    assert [record.message for record in caplog.records] == ["serving failed"] * 2


async def test_a_problem_that_was_let_out_is_rendered() -> None:
    async def serve(inbound: Inbound) -> Reply:
        raise Problem(Kind.NO_MODEL, "no such model")

    async with door(serve) as gateway:
        answers = await gateway.ask(GET)

    assert [(answer.status, answer.body) for answer in answers] == [(404, b"model_not_found")]


async def test_an_unread_body_that_came_whole_keeps_the_connection() -> None:
    async def serve(inbound: Inbound) -> Reply:
        return Reply(401, (), b"no")

    async with door(serve) as gateway:
        answers = await gateway.ask(post(b"x" * 5000) + post(b"x" * 100))

    assert [answer.status for answer in answers] == [401, 401]

"""Bytes that mean harm never stop the demo upstream, and never make it answer 500 of its own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvloop

from lockgate.providers.demo import connection, server

GOOD = b'{"model":"demo","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"contents":[{"parts":[{"text":"hi"}]}]}'


@pytest.fixture
async def demo() -> AsyncIterator[server.Running]:
    running = await server.start("127.0.0.1", pace=0.01)
    yield running
    await running.aclose()


def _request(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: demo", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _sent(running: server.Running, data: bytes) -> bytes:
    """What came back until the server closed or stayed silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    with contextlib.suppress(ConnectionError):
        writer.write(data)
        await writer.drain()
    got = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(0.4):
            while chunk := await reader.read(65536):
                got += chunk
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return got


async def _is_alive(running: server.Running) -> bool:
    got = await _sent(running, _request("/v1/chat/completions", GOOD, "connection: close"))
    return got.startswith(b"HTTP/1.1 200 ") and b"Hello!" in got


def test_it_runs_on_the_gateways_own_loop():
    async def run() -> bytes:
        running = await server.start("127.0.0.1")
        streamed = GOOD.replace(b"{", b'{"stream":true,', 1)
        got = await _sent(running, _request("/v1/chat/completions", streamed, "connection: close"))
        await running.aclose()
        return got

    got = uvloop.run(run())

    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET /v1/messages HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 405 "),
        (b"HEAD /v1/messages HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 405 "),
        (
            b"POST /api/chat HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 400 ",
        ),
        (b"POST /api/chat HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST /api/chat HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x00\xff", b"HTTP/1.1 404 "),
        (b"CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET /" + b"a" * 40_000, b"HTTP/1.1 431 "),
        (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000, b"HTTP/1.1 431 "),
        (b"POST /api/chat HTTP/1.1\r\ncontent-length: 99\r\n\r\n{", b""),
        (b"", b""),
        (b"\r\n\r\n\x00\x00", b"HTTP/1.1 400 "),
    ],
)
async def test_bytes_that_are_no_request(demo, data, start):
    got = await _sent(demo, data)

    assert got[: len(start)] == start
    assert len(got) < 2000
    assert await _is_alive(demo)


async def test_a_body_beyond_the_limit(demo, monkeypatch):
    monkeypatch.setattr(connection, "BODY_LIMIT", 1000)

    got = await _sent(demo, _request("/api/chat", b"x" * 1001))

    assert got.startswith(b"HTTP/1.1 413 ")
    assert await _is_alive(demo)


async def test_requests_sent_ahead_are_answered_in_order(demo):
    bodies = [GOOD.replace(b"demo", b"demo-echo").replace(b"hi", b"number %d" % i) for i in range(5)]

    got = await _sent(demo, b"".join(_request("/v1/chat/completions", body) for body in bodies))

    assert [got.find(b"number %d" % i) for i in range(5)] == sorted(got.find(b"number %d" % i) for i in range(5))
    assert got.count(b"HTTP/1.1 200 OK") == 5


async def test_too_many_requests_sent_ahead(demo):
    got = await _sent(demo, _request("/v1/chat/completions", GOOD) * (connection.PIPELINED + 2))

    assert got.count(b"HTTP/1.1") <= connection.PIPELINED
    assert await _is_alive(demo)


async def test_a_client_that_leaves_frees_everything(demo):
    for model in (b"demo-hang", b"demo-slow", b"demo-long"):
        reader, writer = await asyncio.open_connection("127.0.0.1", demo.port)
        writer.write(_request("/api/chat", GOOD.replace(b"demo", model)))
        await writer.drain()
        if model != b"demo-hang":
            await reader.read(100)
        writer.transport.abort()

    async with asyncio.timeout(2):
        for one in tuple(demo._open):
            await one.gone.wait()
    assert await _is_alive(demo)


async def test_a_client_that_does_not_read_holds_little(demo):
    text = b'"content":"' + b"word " * 1_000_000 + b'"'
    body = GOOD.replace(b'"content":"hi"', text).replace(b"demo", b"demo-echo").replace(b"{", b'{"stream":true,', 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", demo.port, limit=1)
    writer.write(_request("/v1/chat/completions", body))
    await writer.drain()
    await reader.read(1)

    await asyncio.sleep(0.2)
    waiting = [one._transport.get_write_buffer_size() for one in demo._open]

    assert max(waiting) < 1_000_000
    writer.transport.abort()
    assert await _is_alive(demo)


async def test_closing_ends_what_hangs():
    running = await server.start("127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(_request("/api/chat", GOOD.replace(b"demo", b"demo-hang"), "expect: 100-continue"))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"

    await asyncio.wait_for(running.aclose(), 2)

    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.transport.abort()
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", running.port), 1):
        pass

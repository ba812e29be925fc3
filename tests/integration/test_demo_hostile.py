"""Bytes that mean harm never stop the demo upstream, and never make it answer 500 of its own."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.providers.demo import connection, server
from lockgate.providers.demo.answers import Request, answer

GOOD = b'{"model":"demo","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"contents":[{"parts":[{"text":"hi"}]}]}'
PATHS = [
    "/v1/chat/completions",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1beta/models/demo:generateContent",
    "/v1beta/models/demo:streamGenerateContent",
    "/api/chat",
]


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


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_keys = st.sampled_from(
    [
        "model",
        "messages",
        "role",
        "content",
        "parts",
        "text",
        "tools",
        "function",
        "name",
        "parameters",
        "type",
        "image_url",
        "url",
        "source",
        "tool_calls",
        "id",
        "functionCall",
        "functionResponse",
        "inlineData",
        "contents",
        "system",
        "max_tokens",
        "response_format",
        "stream",
        "format",
        "images",
        "generationConfig",
        "tool_choice",
        "stream_options",
        "options",
        "input",
        "tool_use_id",
        "input_schema",
    ]
)
_words = st.sampled_from(
    ["user", "assistant", "tool", "text", "image", "tool_use", "tool_result", "json_schema", "demo"]
)
_chats = st.recursive(
    _json | _words | st.just([{"role": "user", "content": "x"}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(PATHS),
    model=st.sampled_from(["demo", "demo-echo", "demo-image", "demo-json", "demo-think", "demo-cut"]),
    extra=st.dictionaries(_keys, _chats, max_size=5),
    stream=st.booleans(),
)
def test_any_json_gets_an_answer_or_a_refusal(path, model, extra, stream):
    body = msgspec.json.encode({**msgspec.json.decode(GOOD), **extra, "model": model, "stream": stream})

    made = answer(Request("POST", path, "", body), 1, 0)

    assert made.status in (200, 400)
    assert b"".join(made.pieces)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_get_a_refusal(path, body):
    assert answer(Request("POST", path, "", body), 1, 0).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        GOOD.replace(b"{", b'{"model":"demo-echo",', 1),
        GOOD.replace(b'"hi"', b'"\\ud800"'),
        GOOD.replace(b"9", b"9" * 5000),
    ],
)
def test_json_that_readers_disagree_on_is_refused(body):
    assert answer(Request("POST", "/v1/messages", "", body), 1, 0).status == 400


@pytest.mark.parametrize("model", ["demo", "demo-echo", "demo-json"])
def test_a_small_request_never_makes_a_huge_answer(model):
    bomb = {
        "type": "object",
        "properties": {f"p{i}": {"$ref": "#"} for i in range(100)},
        "$defs": {"e": {"enum": ["x" * 50_000]}},
    }
    wide = {"type": "array", "minItems": 100, "items": {"anyOf": [{"$ref": "#/$defs/e"}]}, "$defs": bomb["$defs"]}
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": bomb}} for i in range(50)]
    said = [{"role": "user", "content": "a " * 1_000_000}]
    schemas = [bomb, wide, {"type": "array", "minItems": 10**9, "items": {"type": "string", "minLength": 10**9}}]
    started = time.perf_counter()

    for schema in schemas:
        form = {"type": "json_schema", "json_schema": {"schema": schema}}
        body = msgspec.json.encode(
            {
                "model": model,
                "stream": True,
                "messages": said,
                "response_format": form,
                "tools": tools[: 50 if model == "demo" else 0],
            }
        )
        made = answer(Request("POST", "/v1/chat/completions", "", body), 1, 0)
        assert made.status == 200
        assert len(b"".join(made.pieces)) < 2 * len(body) + 5_000_000

    assert time.perf_counter() - started < 10  # it would be hours

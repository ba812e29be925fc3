"""U12, U13, U17, S48: answers that are too much or no HTTP: bounded, refused, and the connection is not used again."""

import gzip
import tracemalloc
import zlib

import pytest

from lockgate.core.problem import Kind, Problem
from tests.integration.outbound import ask, fetch, refused, transport
from tests.integration.scripted import ScriptedUpstream, answer, chunk, head, hold, pour, read

CHUNKED = head(200, (b"transfer-encoding", b"chunked"))
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
    "header without an end": b"HTTP/1.1 200 OK\r\na: " + b"x" * 100_000,
    "name without an end": b"HTTP/1.1 200 OK\r\n" + b"x" * 100_000,
    "reason without an end": b"HTTP/1.1 200 " + b"x" * 100_000,
    "trailers of 1 MB": CHUNKED + b"0\r\nx: " + b"y" * 1_000_000,
    "trailers of 1 MB behind content": CHUNKED + chunk(b"x" * 200_000) + b"0\r\nx: " + b"y" * 1_000_000,
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

"""Answers that are whole: every framing HTTP/1.1 has, what is sent for them, and what the caller gets."""

import gzip
import zlib

import pytest

from lockgate import __version__
from lockgate.core.http import Arrival
from tests.integration.outbound import ask, transport
from tests.integration.scripted import (
    ScriptedUpstream,
    Step,
    answer,
    chunk,
    close,
    head,
    hold,
    read,
    read_head,
    stop_reading,
)


async def fetched(*steps: Step, **more: object) -> tuple[Arrival, bytes, ScriptedUpstream]:
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, **more))
        return arrival, await arrival.body.read(), upstream


async def test_what_goes_out_is_exactly_this() -> None:
    _, _, upstream = await fetched(read, answer(), body=b'{"a":1}', headers=((b"x-key", b"k"),), target="/v1/a?b=c%20d")

    assert (
        upstream.requests[0].raw
        == (
            b"POST /v1/a?b=c%%20d HTTP/1.1\r\nhost: 127.0.0.1:%d\r\naccept-encoding: identity\r\nx-key: k\r\n"
            b"user-agent: lockgate/%b\r\ncontent-length: 7\r\n\r\n" % (upstream.port, __version__.encode())
        )
        + b'{"a":1}'
    )


async def test_a_get_has_no_body_and_an_agent_of_its_own_stays() -> None:
    _, _, upstream = await fetched(read, answer(), body=b"", method="GET", headers=((b"user-agent", b"app/1"),))

    assert upstream.requests[0].header(b"user-agent") == [b"app/1"]
    assert upstream.requests[0].header(b"content-length") == []


async def test_status_and_headers_arrive_in_lower_case_and_in_order() -> None:
    arrival, body, _ = await fetched(
        read,
        b"HTTP/1.1 201 Made\r\nX-A:  1 \r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nok",
    )

    assert (arrival.status, body) == (201, b"ok")
    assert arrival.headers == (
        (b"x-a", b"1"),
        (b"set-cookie", b"a"),
        (b"set-cookie", b"b"),
        (b"x-empty", b""),
        (b"content-length", b"2"),
    )


async def test_a_chunked_body_with_extensions_and_trailers() -> None:
    start = head(200, (b"transfer-encoding", b"chunked"))

    arrival, body, _ = await fetched(read, start, b"3;x=y\r\nabc\r\n" + chunk(b"de"), b"0\r\nx-sum: 1\r\n\r\n")

    assert body == b"abcde"
    assert arrival.headers == ((b"transfer-encoding", b"chunked"),)


async def test_a_body_that_ends_with_the_connection() -> None:
    arrival, body, _ = await fetched(read, head(200), b"abc", close)

    assert (arrival.status, body) == (200, b"abc")


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_by_their_status(status: int) -> None:
    arrival, body, _ = await fetched(read, head(status, (b"content-length", b"10"), (b"content-encoding", b"gzip")))

    assert (arrival.status, body) == (status, b"")


async def test_an_answer_to_head_has_no_body_whatever_it_says() -> None:
    start = head(200, (b"content-length", b"10"))

    arrival, body, _ = await fetched(read, start, hold, method="HEAD", body=b"")

    assert (arrival.status, body) == (200, b"")


async def test_u17_answers_before_the_answer_are_skipped() -> None:
    early = head(100) + head(103, (b"link", b"</a>"), (b"content-length", b"5"))

    arrival, body, _ = await fetched(read, early, 0.01, answer(b"ok"))

    assert (arrival.status, body) == (200, b"ok")
    assert arrival.headers == ((b"content-length", b"2"),)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_u11_s30_redirects_are_not_followed(status: int) -> None:
    async with ScriptedUpstream([read, answer()]) as canary:
        elsewhere = b"http://127.0.0.1:%d/" % canary.port
        arrival, _, upstream = await fetched(read, answer(b"", status, (b"location", elsewhere)))

    assert arrival.status == status
    assert len(upstream.requests) == 1
    assert canary.peers == []


async def test_u11_an_empty_200_and_u14_any_content_type_are_the_callers_business() -> None:
    arrival, body, _ = await fetched(read, answer(b"", 200, (b"content-type", b"text/html")))

    assert (arrival.status, body) == (200, b"")


async def test_an_answer_that_comes_while_the_request_is_still_sent() -> None:
    steps = [read_head, stop_reading, answer(b"too large", 413), hold]
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, b"x" * 30_000_000))

        assert (arrival.status, await arrival.body.read()) == (413, b"too large")
        assert out.connections == 0, "a connection with half a request in it is of no more use"


async def test_an_early_answer_before_a_close_with_unread_bytes_is_not_lost() -> None:
    async with ScriptedUpstream([read_head, answer(b"no", 413), close]) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port, b"x" * 5_000_000))

        assert (arrival.status, await arrival.body.read()) == (413, b"no")


CODED = {
    "gzip": (b"gzip", gzip.compress(b"hello" * 1000)),
    "gzip in two members": (b"x-gzip", gzip.compress(b"hello" * 400) + gzip.compress(b"hello" * 600)),
    "deflate": (b"Deflate", zlib.compress(b"hello" * 1000)),
    "deflate without a wrapping": (b"deflate", zlib.compress(b"hello" * 1000)[2:-4]),
    "identity": (b"identity", b"hello" * 1000),
}


@pytest.mark.parametrize("name", CODED)
async def test_u12_an_encoding_that_was_not_asked_for_is_undone(name: str) -> None:
    coding, raw = CODED[name]

    arrival, body, _ = await fetched(read, answer(raw, 200, (b"content-encoding", coding), (b"x", b"y")))

    assert body == b"hello" * 1000
    assert dict(arrival.headers).get(b"content-encoding", b"identity") == b"identity"
    assert (b"x", b"y") in arrival.headers


async def test_a_stream_arrives_as_it_is_sent() -> None:
    steps = [read, head(200, (b"transfer-encoding", b"chunked")), chunk(b"one"), hold]
    async with ScriptedUpstream(steps) as upstream, transport() as out:
        arrival = await out.send(ask(upstream.port))
        first = await anext(arrival.body)
        await upstream.peers[0].send(chunk(b"two") + chunk(b""))

        assert [first, *[piece async for piece in arrival.body]] == [b"one", b"two"]

"""S38: no reply can be split, and what frames a reply is the edge's word alone."""

import pytest

from lockgate.core.http import Headers, Inbound, Reply
from tests.integration.front_door import GET, Serve, door


def says(*headers: tuple[bytes, bytes], status: int = 200, body: bytes = b"{}") -> Serve:
    async def serve(inbound: Inbound) -> Reply:
        return Reply(status, headers, body)

    return serve


BAD = [
    (b"x-id", b"a\r\nset-cookie: b=c"),
    (b"x-id", b"a\nb: c"),
    (b"x-id", b"a\rb: c"),
    (b"x-id", b"a\x00b"),
    (b"x-id", b"a\x7f"),
    (b"x-id\r\nx-other", b"a"),
    (b"x id", b"a"),
    (b"", b"a"),
    (b"x-id", b"a\r\n\r\n<html>"),
]


@pytest.mark.parametrize("field", BAD)
async def test_s38_a_header_that_would_split_the_reply_becomes_a_500(field: tuple[bytes, bytes]) -> None:
    async with door(says((b"x-fine", b"1"), field)) as gateway:
        answers = await gateway.ask(GET + GET)

    assert [answer.status for answer in answers] == [500]
    assert b"x-fine" not in answers[0].headers
    assert answers[0].headers[b"connection"] == b"close"
    assert b"internal_error" in answers[0].body


async def test_s38_framing_of_an_upstream_is_not_passed_on() -> None:
    upstream: Headers = (
        (b"content-length", b"99"),
        (b"transfer-encoding", b"gzip"),
        (b"connection", b"close"),
        (b"keep-alive", b"timeout=1"),
        (b"upgrade", b"h2c"),
        (b"server", b"upstream/1.0"),
        (b"date", b"yesterday"),
        (b"trailer", b"x"),
        (b"content-type", b"application/json"),
    )
    async with door(says(*upstream)) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        answer = await client.one()
        await client.send(GET)
        assert (await client.one()).status == 200
        client.close()

    ours = {b"x-content-type-options", b"content-security-policy", b"referrer-policy"}
    assert set(answer.headers) == {b"content-type", b"content-length", b"cache-control", b"date"} | ours
    assert answer.headers[b"content-length"] == b"2"
    assert answer.headers[b"date"].endswith(b" GMT")


async def test_s38_replies_are_not_cached_unless_they_say_so() -> None:
    async with door(says()) as silent, door(says((b"cache-control", b"private"))) as spoken:
        first = await silent.ask(GET)
        second = await spoken.ask(GET)

    assert first[0].headers[b"cache-control"] == b"no-store"
    assert second[0].headers[b"cache-control"] == b"private"


async def test_s38_statuses_without_a_body_have_none() -> None:
    async with door(says(status=204, body=b"")) as gateway:
        answers = await gateway.ask(GET + GET)

    assert [(answer.status, answer.body) for answer in answers] == [(204, b""), (204, b"")]
    assert not {b"content-length", b"transfer-encoding"} & answers[0].headers.keys()


async def test_s38_an_interim_status_is_no_reply() -> None:
    async with door(says(status=101)) as gateway:
        answers = await gateway.ask(GET)

    assert [answer.status for answer in answers] == [500]

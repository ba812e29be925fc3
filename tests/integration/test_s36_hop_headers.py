"""S36 and S16: fields for one hop never reach the gateway, and a field with one value has one."""

import pytest

from tests.integration.front_door import door, post


async def test_s36_hop_by_hop_fields_are_dropped() -> None:
    hop = (
        b"Connection: keep-alive",
        b"Keep-Alive: timeout=5",
        b"Proxy-Connection: keep-alive",
        b"Proxy-Authorization: Basic eA==",
        b"TE: trailers",
        b"Trailer: Expires",
        b"Upgrade: h2c",
    )
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", *hop, b"X-Tenant: a"))

    assert [answer.status for answer in answers] == [200]
    names = [name for name, _ in gateway.seen[0][0].headers]
    assert names == [b"host", b"content-length", b"x-tenant"]


@pytest.mark.parametrize(
    "named", [b"x-tenant, Authorization", b"X-TENANT ,authorization", b"close,x-tenant\t, AUTHORIZATION"]
)
async def test_s36_what_connection_names_is_dropped_credentials_too(named: bytes) -> None:
    async with door() as gateway:
        await gateway.ask(
            post(b"{}", b"Connection: " + named, b"X-Tenant: a", b"Authorization: Bearer x", b"Accept: b")
        )

    assert [name for name, _ in gateway.seen[0][0].headers] == [b"host", b"content-length", b"accept"]


async def test_s36_several_connection_fields_count_together() -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", b"Connection: x-a", b"X-A: 1", b"Connection: close, x-b", b"X-B: 2"))

    assert answers[0].headers[b"connection"] == b"close"
    assert [name for name, _ in gateway.seen[0][0].headers] == [b"host", b"content-length"]


@pytest.mark.parametrize("named", [b"X-Forwarded-For", b"close, x-forwarded-proto", b"x-a,FORWARDED", b"x-real-ip"])
async def test_s36_where_a_request_comes_from_cannot_be_taken_away(named: bytes) -> None:
    """Behind a trusted proxy, a request without its `X-Forwarded-For` would seem to be the proxy's own."""
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", b"Connection: " + named, b"X-Forwarded-For: 6.6.6.6"))

    assert [answer.status for answer in answers] == [400]
    assert gateway.seen == []


@pytest.mark.parametrize("field", [b"x_forwarded_for: 1.2.3.4", b"X_Tenant: a", b"_: a"])
async def test_s36_names_with_an_underscore_are_refused(field: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", field))

    assert [answer.status for answer in answers] == [400]
    assert b"underscore" in answers[0].body
    assert gateway.seen == []


SINGLE = [
    b"Authorization",
    b"x-api-key",
    b"api-key",
    b"x-goog-api-key",
    b"Content-Type",
    b"Idempotency-Key",
    b"X-Request-ID",
]


@pytest.mark.parametrize("name", SINGLE)
async def test_s36_a_second_value_of_a_single_field_is_refused(name: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(post(b"{}", name + b": a", name.upper() + b": a"))

    assert [answer.status for answer in answers] == [400]
    assert b"there twice" in answers[0].body
    assert gateway.seen == []


async def test_s36_other_fields_may_repeat_and_keep_their_order() -> None:
    async with door() as gateway:
        await gateway.ask(post(b"{}", b"Anthropic-Beta: a", b"X-Other:  b \t", b"anthropic-beta: c", b"X-Empty:"))

    assert gateway.seen[0][0].headers[2:] == (
        (b"anthropic-beta", b"a"),
        (b"x-other", b"b"),
        (b"anthropic-beta", b"c"),
        (b"x-empty", b""),
    )
    assert gateway.seen[0][0].client == "127.0.0.1"

"""CORS: who may ask from a page, and that a browser's own credentials never go with it."""

import pytest
from msgspec import structs

from lockgate.app.frontage import frontage
from lockgate.app.settings import ServerSettings
from lockgate.app.settings.headers import CorsSettings
from lockgate.core.http import Inbound, Reply
from lockgate.pipeline.cors import Cors
from tests.fakes import inbound
from tests.unit.pipeline.gateway import told

PAGE = b"https://app.example.com"


def cors(*origins: str) -> Cors:
    made = frontage(ServerSettings(cors=CorsSettings(origins))).cors
    assert made is not None
    return made


def asked(origin: bytes = PAGE, method: bytes = b"POST", headers: bytes = b"authorization") -> Reply | None:
    return cors(PAGE.decode()).preflight(
        inbound(
            "/v1/chat/completions",
            b"",
            (b"origin", origin),
            (b"access-control-request-method", method),
            (b"access-control-request-headers", headers),
            method="OPTIONS",
        )
    )


@pytest.mark.parametrize(
    "headers", [b"", b"authorization", b"Content-Type, x-stainless-os", b"anthropic-version,x-api-key"]
)
def test_a_page_that_is_allowed_hears_what_it_may(headers: bytes) -> None:
    reply = asked(headers=headers)

    assert reply is not None
    assert reply.status == 204
    assert told(reply, b"access-control-allow-origin") == PAGE
    assert told(reply, b"access-control-allow-methods") == b"GET, POST"
    assert told(reply, b"access-control-allow-headers") == headers.lower().replace(b" ", b"")
    assert told(reply, b"vary") == b"origin"
    assert told(reply, b"access-control-allow-credentials") == b""


@pytest.mark.parametrize(
    "other",
    [
        {"origin": b"https://evil.example"},
        {"origin": b"https://app.example.com.evil.example"},
        {"origin": b"http://app.example.com"},
        {"origin": b"https://app.example.com:8443"},
        {"origin": b"null"},
        {"method": b"DELETE"},
        {"method": b"post"},
        {"headers": b"authorization, cookie"},
        {"headers": b"x-stainless-\x00os"},
        {"headers": b"authorization,"},
    ],
)
def test_everything_else_is_refused(other: dict[str, bytes]) -> None:
    reply = asked(**other)

    assert reply is not None
    assert reply.status == 403
    assert told(reply, b"access-control-allow-origin") == b""


def test_a_request_that_is_no_preflight_is_somebody_elses() -> None:
    mine = cors(PAGE.decode())

    assert mine.preflight(inbound("/", b"", (b"origin", PAGE), method="GET")) is None
    assert mine.preflight(inbound("/", b"", (b"origin", PAGE), method="OPTIONS")) is None
    assert mine.preflight(inbound("/", b"", (b"access-control-request-method", b"GET"), method="OPTIONS")) is None


def test_replies_are_readable_for_the_page_and_for_no_other() -> None:
    mine, reply = cors(PAGE.decode()), Reply(401, (), b"no")

    allowed = mine.marked(inbound("/", b"", (b"origin", PAGE)), reply)
    refused = mine.marked(inbound("/", b"", (b"origin", b"https://evil.example")), reply)
    without = mine.marked(inbound("/"), reply)

    assert told(allowed, b"access-control-allow-origin") == PAGE
    assert told(allowed, b"access-control-expose-headers") == b"x-request-id"
    for other in (refused, without):
        assert told(other, b"access-control-allow-origin") == b""
    for each in (allowed, refused, without):
        assert told(each, b"vary") == b"origin"
        assert (each.status, each.body) == (401, b"no")


def test_where_every_page_may_read_the_answer_is_the_same_for_all() -> None:
    reply = cors("*").marked(inbound("/", b"", (b"origin", PAGE)), Reply(200, (), b""))

    assert told(reply, b"access-control-allow-origin") == b"*"
    assert told(reply, b"vary") == b""
    assert told(reply, b"access-control-allow-credentials") == b""


def test_it_is_off_unless_it_is_asked_for() -> None:
    assert frontage(ServerSettings()).idle


async def test_an_address_that_may_not_knock_hears_nothing_of_cors() -> None:
    front = frontage(ServerSettings(cors=CorsSettings((PAGE.decode(),)), deny_ips=("6.6.6.6",)))

    async def pipeline(_: Inbound) -> Reply:
        return Reply(403, (), b"from the pipeline")

    def dress(reply: Reply, _: Inbound) -> Reply:
        return reply

    preflight = inbound(
        "/v1/models", b"", (b"origin", PAGE), (b"access-control-request-method", b"GET"), method="OPTIONS"
    )
    heard = [
        await front.answer(structs.replace(preflight, client=client), pipeline, dress)
        for client in ("6.6.6.6", "6.6.6.7")
    ]

    assert [reply.status for reply in heard] == [403, 204]
    assert heard[0].body == b"from the pipeline"  # which writes it down

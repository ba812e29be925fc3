"""Where keys are fetched: what a discovery document may say, and where it may not send us."""

import asyncio

import msgspec
import pytest

from lockgate.auth.jwt.fetch import from_address, from_discovery, from_file, placed
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http import HttpTransport
from tests.fakes import Answered, Script
from tests.tokens import ISSUER, NAMED, published

KEYS = published(*NAMED)


def document(**said: object) -> bytes:
    return msgspec.json.encode({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks?p=x", **said})


async def test_discovery_leads_to_the_keys() -> None:
    script = Script(Answered(200, [document()]), Answered(200, [KEYS]))

    assert await from_discovery(script, ISSUER, allow_private=False)() == KEYS
    assert [out.target for out in script.sent] == ["/.well-known/openid-configuration", "/jwks?p=x"]
    assert all(out.method == "GET" and not out.body for out in script.sent)
    assert all(body.closed for body in script.bodies)


async def test_an_issuer_with_a_path_and_keys_at_another_host() -> None:
    tenant = "https://login.example/tenant/v2.0"
    script = Script(Answered(200, [document(issuer=tenant, jwks_uri="https://keys.example/t")]), Answered(200, [KEYS]))

    await from_discovery(script, tenant, allow_private=False)()

    assert [(out.origin.host, out.target) for out in script.sent] == [
        ("login.example", "/tenant/v2.0/.well-known/openid-configuration"),
        ("keys.example", "/t"),
    ]
    assert not script.sent[1].origin.literal


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"issuer": ISSUER + "/"},
        {"jwks_uri": None},
        {"jwks_uri": 7},
        {"jwks_uri": "http://idp.example/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://169.254.169.254/latest"},
        {"jwks_uri": "https://[fd00:ec2::254]/"},
        {"jwks_uri": "https://user:pass@idp.example/"},
        {"jwks_uri": "https://2130706433/"},
    ],
)
async def test_S30_a_document_that_says_something_else_is_not_followed(said: dict[str, object]) -> None:
    script = Script(Answered(200, [document(**said)]))

    with pytest.raises(ValueError):  # noqa: PT011  any of them
        await from_discovery(script, ISSUER, allow_private=False)()
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    "answer", [Answered(302, [b""], ((b"location", b"https://evil/"),)), Answered(500), Answered(204)]
)
async def test_S30_a_redirect_or_an_error_is_no_answer(answer: Answered) -> None:
    script = Script(answer)

    with pytest.raises(ValueError, match="answered"):
        await from_address(script, f"{ISSUER}/jwks", allow_private=False)()
    assert len(script.sent) == 1


async def test_what_is_not_json_is_no_document() -> None:
    for body in (b"<html>", b"[]", b"null", b""):
        with pytest.raises(ValueError):  # noqa: PT011  any of them
            await from_discovery(Script(Answered(200, [body])), ISSUER, allow_private=False)()


async def test_S30_an_issuer_cannot_send_us_into_the_private_network() -> None:
    """Through the real way out: the address of its word is checked, where the operator's own is taken."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        body = document(issuer=issuer, jwks_uri=f"https://127.0.0.1:{port}/jwks")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    issuer, transport = f"http://127.0.0.1:{port}", HttpTransport()
    try:
        with pytest.raises(Problem) as caught:
            await from_discovery(transport, issuer, allow_private=False)()
    finally:
        await transport.aclose()
        server.close()
        await server.wait_closed()

    assert caught.value.kind is Kind.UNREACHABLE
    assert len(asked) == 1


async def test_a_file_that_went_away_is_no_answer() -> None:
    def read(name: str) -> bytes:
        raise FileNotFoundError(2, "No such file")

    with pytest.raises(ValueError, match="cannot read"):
        await from_file(read, "jwks.json")()


@pytest.mark.parametrize(
    "url", ["https://idp.example", "http://127.0.0.1:8000/x", "http://localhost:1", "http://[::1]:1"]
)
def test_plain_http_is_for_loopback(url: str) -> None:
    assert placed(url)
    with pytest.raises(ValueError, match="https://"):
        placed("http://idp.example")

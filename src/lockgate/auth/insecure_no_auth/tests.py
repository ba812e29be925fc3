"""What holds without authentication: this machine only, and one named principal."""

import pytest

from lockgate.auth.insecure_no_auth import LocalOnly
from lockgate.core.auth import Caller, Presented
from lockgate.core.here import from_here
from lockgate.core.problem import Problem

EVERYBODY = Caller("insecure_no_auth", "me", method="insecure_no_auth")


def request(client: str, host: bytes, origin: bytes | None = None) -> Presented:
    headers = ((b"host", host), *(((b"origin", origin),) if origin is not None else ()))
    return Presented("POST", "/v1/chat/completions", "", headers, client=client)


@pytest.mark.parametrize(
    ("client", "host", "origin"),
    [
        ("127.0.0.1", b"127.0.0.1:8080", None),
        ("127.8.9.1", b"localhost", None),
        ("::1", b"[::1]:8080", None),
        ("::ffff:127.0.0.1", b"LOCALHOST:8080", b"http://localhost:3000"),
    ],
)
async def test_this_machine_is_the_one_principal(client: str, host: bytes, origin: bytes | None) -> None:
    assert await LocalOnly(EVERYBODY).authenticate(request(client, host, origin)) is EVERYBODY


@pytest.mark.parametrize(
    ("client", "host", "origin"),
    [
        ("192.0.2.1", b"127.0.0.1", None),
        ("", b"127.0.0.1", None),
        ("127.0.0.1", b"evil.example", None),
        ("127.0.0.1", b"localhost.evil.example", None),
        ("127.0.0.1", b"127.0.0.1", b"https://evil.example"),
        ("127.0.0.1", b"127.0.0.1", b"null"),
    ],
)
async def test_s05_nobody_else_is_answered(client: str, host: bytes, origin: bytes | None) -> None:
    with pytest.raises(Problem):
        await LocalOnly(EVERYBODY).authenticate(request(client, host, origin))


@pytest.mark.parametrize(
    ("site", "origin", "here"),
    [
        (b"cross-site", None, False),  # a picture or a script of a stranger's page: browsers tell no origin of those
        (b"cross-site", b"http://127.0.0.1:3000", True),
        (b"cross-site", b"https://evil.example", False),
        (b"same-site", None, True),
        (b"same-origin", None, True),
        (b"none", None, True),
    ],
)
def test_S22_what_a_strangers_page_asks_for_without_an_origin(site: bytes, origin: bytes | None, here: bool) -> None:
    headers = ((b"host", b"localhost:8081"), (b"sec-fetch-site", site))

    assert from_here((*headers, (b"origin", origin)) if origin else headers) is here
    assert not from_here(((b"host", b"localhost"), (b"origin", b"http://evil.example//localhost")))

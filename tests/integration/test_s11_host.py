"""S11: Host is exactly one well-formed name, and routes come from the raw path only."""

import asyncio

import pytest

from tests.integration.front_door import door

BAD = [
    b"a/v1/public?",
    b"a?",
    b"a#b",
    b"user@gw",
    b"gw:port",
    b"gw:",
    b"gw:99999",
    b"gw:80:80",
    b"[::1",
    b"[::g]",
    b"[1.2.3.4]",
    b"[v1.a]",
    b"a b",
    b"a\\b",
    b"%zz",
    b"",
    b"\xc3\xa9",
    b"a\tb",
    b"http://gw",
]
GOOD = [b"gw", b"gw:8080", b"127.0.0.1", b"[::1]", b"[::1]:443", b"0.0.0.0=5000", b"EXAMPLE.com.", b"a%20b"]


@pytest.mark.parametrize("host", BAD)
async def test_s11_a_host_that_is_no_host_is_refused(host: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(b"GET /v1/models HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")

    assert [answer.status for answer in answers] == [400]
    assert answers[0].headers[b"connection"] == b"close"
    assert gateway.seen == []


async def test_s11_good_hosts_are_taken_and_change_nothing_about_the_path() -> None:
    async with door() as gateway:
        asked = (gateway.ask(b"GET /v1/models HTTP/1.1\r\nHost:" + host + b" \r\n\r\n") for host in GOOD)
        found = dict(zip(GOOD, await asyncio.gather(*asked), strict=True))

    statuses = {host: [answer.status for answer in answers] for host, answers in found.items()}
    assert statuses == {host: [200] for host in GOOD}
    assert gateway.paths == ["/v1/models"] * len(GOOD)


@pytest.mark.parametrize("fields", [b"", b"Host: gw\r\nHost: gw\r\n", b"Host: gw\r\nhOST: evil\r\n", b"Host: a, b\r\n"])
async def test_s11_not_exactly_one_host_is_refused(fields: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(b"GET / HTTP/1.1\r\n" + fields + b"\r\n")

    assert [answer.status for answer in answers] == [400]
    assert gateway.seen == []


BAD_TARGETS = [
    b"https://evil/", b"http://gw.evil/v1", b"http://gw:81/", b"http://u@gw/", b"http://gw@evil/", b"http://", b"http:///v1",
    b"http://gw/../v1", b"http://gw//v1", b"http://gw/v1#a", b"ftp://gw/", b"*", b"gw:80", b"v1/models", b"//gw/v1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"http://gw/v1/models", "/v1/models"),
        (b"HTTPS://GW/v1/models", "/v1/models"),
        (b"http://gw", "/"),
        (b"http://gw?a=b", "/"),
    ],
)
async def test_s11_an_address_for_a_target_is_its_path_when_it_names_the_same_host(target: bytes, path: str) -> None:
    """RFC 9112 3.2.2: servers take the absolute form, from clients that think this is their proxy."""
    async with door() as gateway:
        answers = await gateway.ask(b"GET " + target + b" HTTP/1.1\r\nHost: gw\r\n\r\n")

    assert [answer.status for answer in answers] == [200]
    assert gateway.paths == [path]


@pytest.mark.parametrize("target", BAD_TARGETS)
async def test_s11_only_paths_are_request_targets(target: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(b"GET " + target + b" HTTP/1.1\r\nHost: gw\r\n\r\n")

    assert [answer.status for answer in answers] == [400]
    assert gateway.seen == []


async def test_s11_only_allowed_hosts_are_answered() -> None:
    async with door(allowed_hosts=frozenset({"gw"})) as gateway:
        wrong = await gateway.ask(b"GET / HTTP/1.1\r\nHost: evil\r\n\r\n")
        right = await gateway.ask(b"GET / HTTP/1.1\r\nHost: GW:8080\r\n\r\n")

    assert [answer.status for answer in wrong + right] == [421, 200]


PATHS = {
    b"//v1/models": "an empty segment: some servers drop it",
    b"/v1//models": "the same inside",
    b"/v1/./models": "a dot segment: some servers drop it",
    b"/v1/../admin": "a dot segment that goes up",
    b"/v1/..": "the same at the end",
    b"/.": "the same alone",
    b"/v1/%2e%2e/admin": "dots in escapes",
    b"/v1/.%2E/admin": "half of them",
    b"/v1%2fmodels": "a slash in an escape",
    b"/v1%2Fmodels": "the same in capitals",
    b"/v1\\models": "a backslash: some readers take it for a slash",
    b"/v1%5cmodels": "the same in an escape",
    b"/v1/models%00": "an end of string in C",
    b"/v1/models%0d%0aX:%20y": "a line end for whoever decodes it",
    b"/v1/models%7f": "a control character",
    b"/v1/models;x=1": "a path parameter: some servers cut it off",
    b"/;/v1/models": "the same in front",
    b"/v1/models%252f..": "a second layer of escapes",
    b"/v1/models%2": "half an escape",
    b"/v1/models%zz": "no escape",
    b"/v1/models#x": "a fragment never goes over the wire",
    b'/v1/"models"': "a quote is not allowed in a path",
    b"/v1/m\xc3\xa9": "not ASCII",
    b"/v1/models?a=b#c": "a fragment behind the query",
    b"/v1/models?a=<b>": "not allowed in a query",
}


@pytest.mark.parametrize("path", PATHS, ids=PATHS.values())
async def test_s11_paths_that_two_readers_read_differently_are_refused(path: bytes) -> None:
    async with door() as gateway:
        answers = await gateway.ask(b"GET " + path + b" HTTP/1.1\r\nHost: gw\r\n\r\n")

    assert [answer.status for answer in answers] == [400]
    assert gateway.seen == []


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/v1/models", "/v1/models", ""),
        (b"/v1/models/", "/v1/models/", ""),  # a trailing slash is another path, and stays
        (b"/v1/messages?beta=true", "/v1/messages", "beta=true"),
        (b"/v1/models?", "/v1/models", ""),
        (
            b"/v1beta/models/gemini-2.5-pro:generateContent?alt=sse",
            "/v1beta/models/gemini-2.5-pro:generateContent",
            "alt=sse",
        ),
        (b"/V1/Models", "/V1/Models", ""),
        (b"/v1/mod%65ls", "/v1/mod%65ls", ""),  # not decoded: it never equals /v1/models
        (b"/v1/models?a=/../b%2f", "/v1/models", "a=/../b%2f"),
    ],
)
async def test_s11_the_raw_path_is_kept(target: bytes, path: str, query: str) -> None:
    async with door() as gateway:
        answers = await gateway.ask(b"GET " + target + b" HTTP/1.1\r\nHost: gw\r\n\r\n")

    assert [answer.status for answer in answers] == [200]
    assert [(inbound.path, inbound.query) for inbound, _ in gateway.seen] == [(path, query)]

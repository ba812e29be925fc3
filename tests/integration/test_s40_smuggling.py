"""S40: what two servers could read differently is refused, or read in the only way there is.

Two collections that others made are scored: http-desync-guardian (AWS) and raw requests from gunicorn's tests, from
smuggler's mutations and after PortSwigger's techniques. What is accepted although its collection calls it suspicious
stands here with its reason, and so does what is refused although its collection would accept it.
"""

import asyncio
import base64
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
import yaml

from tests.integration.front_door import GET, Answer, Door, door, post

SHARED = Path(os.environ.get("LOCKGATE_SHARED", Path(__file__).parents[2] / "../shared")).resolve()
GUARDIAN = SHARED / "fixtures/http-desync-guardian/tests"
CASES = SHARED / "data/http/cases.jsonl"
Case = tuple[str, bytes]
Outcome = tuple[str, list[Answer], bool]

LENGTH = "one Content-Length frames it, whatever the method: the next request begins right behind the body"
CHUNKS = "one `chunked` frames it, whatever the method: the next request begins behind the last chunk"
UNKNOWN = "the name is not that of a framing field for anybody: three hyphens are not one"
IN_VALUE = "the text of the other field stands inside a value, in one line: nobody sees a field there"

HARMLESS_TIERS = {
    "ambiguous/12 Get with a body and Content-Length": LENGTH,
    "ambiguous/13 Get with a body and Transfer-Encoding": CHUNKS,
    "ambiguous/14 Head with a body and Content-Length": LENGTH,
    "ambiguous/15 Head with a body and Transfer-Encoding": CHUNKS,
    "ambiguous/30 Transfer-Encoding with multiple hyphens": UNKNOWN,
    "real-life-test-cases/0 Has a CL in GET": LENGTH,
    "real-life-test-cases/1 Has a TE in GET": CHUNKS,
}
HARMLESS_CASES = {
    "http-0311": IN_VALUE,
    "http-0401": IN_VALUE,
    "http-0409": IN_VALUE,
    "http-0413": IN_VALUE,
    "http-0417": IN_VALUE,
    "http-0441": "the offer of an upgrade is ignored, as RFC 9110 7.8 allows",
    "http-0442": "Connection names the credential, so the application gets none of it (S36)",
}
REFUSED_CASES = {
    "http-0109": "the case is cut off: 14 bytes of its body are missing, so it ends as a 408",
    "http-0111": "a folded line: RFC 9112 5.2 lets a server refuse it",
    "http-0128": "`gzip, chunked`: the gateway decodes no transfer coding",
    "http-0129": "`identity, chunked`: RFC 9112 knows no identity coding any more",
    "http-0130": "absolute form: a gateway that is no proxy has one name for a route",
    "http-0131": "as above",
    "http-0132": "as above",
    "http-0133": "as above, and with credentials in it",
    "http-0134": "`OPTIONS *` asks about the whole server: nothing to say",
    "http-0135": "CONNECT: this is no proxy",
    "http-0136": "CONNECT: this is no proxy",
}

NAME = "a control character or a space in a header name"
VALUE = "a control character in a header value"
VERSION = "HTTP/1.1 and HTTP/1.0 are spoken, nothing else"
CODING = "the gateway decodes no transfer coding but chunked, named once"
UNDERSCORE = "an underscore in a name, which other servers take for a hyphen (S36)"
ESCAPE = "the escape of a control character in the path"

REFUSED_TIERS = {
    "acceptable/0 No TE/CL headers, some others are non-compliant": NAME,
    "acceptable/1 TE and some others are non-compliant": NAME,
    "acceptable/2 A non-essential header with a non-printable character (x01)": NAME,
    "acceptable/3 CL and some others are non-compliant": NAME,
    "acceptable/6 Non-RFC, but OK HTTP/0.9": VERSION,
    "acceptable/7 Empty version, which means HTTP/0.9": VERSION,
    "acceptable/8 Unknown but OK HTTP/1.2": VERSION,
    "bad-header-characters/11 Some-Header\\x01": NAME,
    "bad-header-characters/12 \\x01Some-Header": NAME,
    "bad-header-characters/13 Some-Header: \\x01value": VALUE,
    "bad-header-characters/14 Some-Header: value\\x01": VALUE,
    "more-compliant-tests/5 Correct TE OK": CODING,
    "more-compliant-tests/7 Transfer-Encoding: identity and chunked OK": CODING,
    "more-compliant-tests/8 Multiple transfer encoding headers in a single request OK": CODING,
    "more-compliant-tests/9 TE with custom parameters OK": CODING,
    "rfc-compliant/4 Valid custom header with tchar in name and obs-text": UNDERSCORE,
    "rfc-compliant/5 Valid custom header with underscore in name": UNDERSCORE,
    "rfc-compliant/8 Different Transfer-Encoding headers": CODING,
    "rfc-compliant/9 Different Transfer-Encoding headers combined": CODING,
    "rfc-compliant/10 Transfer-Encoding with a param: chunked;custom_param": CODING,
    "rfc-compliant/11 Compliant URL": "a query with quotes, a backslash and a fragment is not RFC 3986",
    "rfc-compliant/13 Empty URI": "no request target",
    "uri-specific-test-cases/3 [space] in URI": "spaces in the request target",
    "uri-specific-test-cases/10 %09 in URI is OK": ESCAPE,
    "uri-specific-test-cases/12 %0D in URI is OK": ESCAPE,
    "uri-specific-test-cases/13 %0A in URI is OK": ESCAPE,
}


def guardian(tiers: Sequence[str]) -> list[Case]:
    """Each case as a head, with a Host where it has none: what is tested is not its absence."""
    found = []
    for file in sorted(GUARDIAN.glob("*.yaml")):
        for i, case in enumerate(yaml.safe_load(file.read_text()) or []):
            if case["expected"]["tier"] not in tiers:
                continue
            fields = [f"{one['name']}: {one['value']}" for one in case.get("headers") or []]
            if not any("host:" in one.lower() for one in fields):
                fields.append("Host: gw")
            line = f"{case['method']} {case['uri']} {case['version']}".rstrip()
            head = "\r\n".join((line, *fields, "", ""))
            found.append((f"{file.stem}/{i} {case['name']}", head.encode("latin-1", "replace")))
    return found


def cases(*expected: str) -> list[Case]:
    rows = map(msgspec.json.decode, CASES.read_bytes().splitlines())
    return [(row["id"], base64.b64decode(row["raw_b64"])) for row in rows if row["expect"] in expected]


async def outcomes(gateway: Door, raws: Sequence[Case]) -> list[Outcome]:
    turns = asyncio.Semaphore(24)

    async def outcome(name: str, raw: bytes) -> Outcome:
        async with turns:
            client = await gateway.connect()
            try:
                await client.send(raw)
                return (name, *await client.answers())
            finally:
                client.close()

    return await asyncio.gather(*(outcome(*one) for one in raws))


def refused(outcome: Outcome) -> bool:
    """One answer that says no, and the connection is over."""
    _, answers, closed = outcome
    return closed and len(answers) <= 1 and all(400 <= answer.status < 500 or answer.status in (501, 505) for answer in answers)


need_guardian = pytest.mark.skipif(not GUARDIAN.is_dir(), reason=f"no http-desync-guardian under {SHARED}")
need_cases = pytest.mark.skipif(not CASES.is_file(), reason=f"no HTTP cases under {SHARED}")


@need_guardian
@pytest.mark.parametrize("between", [b"", b"0\r\n\r\n", b"x" * 1000], ids=["at once", "after a last chunk", "after 1000 bytes"])
async def test_S40_severe_and_ambiguous_requests_are_refused_or_harmless(between: bytes) -> None:
    found = guardian(("Severe", "Ambiguous"))
    smuggled = [b"GET /smuggled/%d HTTP/1.1\r\nHost: gw\r\n\r\n" % i for i in range(len(found))]
    async with door(body_idle=0.15) as gateway:
        raws = [(name, head + between + after) for (name, head), after in zip(found, smuggled, strict=True)]
        results = await outcomes(gateway, raws)

    assert len(results) == 116
    taken = {name for name, *_ in results} - {one[0] for one in results if refused(one)}
    assert taken <= HARMLESS_TIERS.keys()
    reached = {path for path in gateway.paths if path.startswith("/smuggled/")}
    assert reached <= {f"/smuggled/{i}" for i, (name, _) in enumerate(found) if name in HARMLESS_TIERS}


@need_guardian
async def test_S40_harmless_ones_are_read_in_the_one_way_there_is() -> None:
    found = dict(guardian(("Severe", "Ambiguous")))
    for name, reason in HARMLESS_TIERS.items():
        raw, body = found[name], b""
        if reason is LENGTH:
            body = b"GET /smuggled HTTP/1.1\r\nHost: gw\r\n\r\n".ljust(1000, b"x")[: 22 if name.startswith("real") else 1000]
        async with door() as gateway:
            results = await outcomes(gateway, [(name, raw + body + (b"0\r\n\r\n" if reason is CHUNKS else b"") + GET)])

        assert [answer.status for answer in results[0][1]] == [200, 200], name
        assert [(one.path, len(got)) for one, got in gateway.seen][1:] == [("/v1/models", 0)], name
        assert len(gateway.seen[0][1]) == len(body)


@need_guardian
async def test_S40_sane_requests_are_accepted() -> None:
    found = guardian(("Compliant", "Acceptable"))
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, [(name, raw + promised(raw)) for name, raw in found])

    assert len(results) == 43
    assert {one[0] for one in results if refused(one)} == REFUSED_TIERS.keys()
    assert len(gateway.seen) == 43 - len(REFUSED_TIERS)


def promised(head: bytes) -> bytes:
    """The body that the head announces."""
    length = re.search(rb"(?i)\ncontent-length: *([0-9]+)", head)
    return b"x" * int(length[1]) if length else b"0\r\n\r\n" if b"hunked" in head else b""


@need_cases
async def test_S40_requests_to_reject_are_rejected() -> None:
    found = cases("reject")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 59
    assert [name for name, *_ in results if not refused((name, *_))] == []
    assert gateway.seen == []


@need_cases
async def test_S40_suspicious_requests_are_rejected_or_safe() -> None:
    found = cases("reject-or-safe")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 172
    assert {one[0] for one in results if not refused(one)} == HARMLESS_CASES.keys()
    assert {one[0]: [a.status for a in one[1]] for one in results if not refused(one)} == dict.fromkeys(HARMLESS_CASES, [200])
    assert len(gateway.seen) == len(HARMLESS_CASES)
    assert all(not any(name == b"authorization" for name, _ in inbound.headers) for inbound, _ in gateway.seen)
    assert {body for _, body in gateway.seen} == {b"", b"0\r\n\r\n"}


@need_cases
async def test_S40_good_requests_are_accepted() -> None:
    found = cases("accept")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 23
    assert {one[0] for one in results if refused(one)} == REFUSED_CASES.keys()
    assert len(gateway.seen) == 23 - len(REFUSED_CASES)


@need_cases
async def test_S40_what_is_left_to_the_server_is_defined() -> None:
    found = cases("config-dependent", "accept-or-reject")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 55
    assert {one[0] for one in results if not refused(one)} == {"http-0012", "http-0013", "http-0088", "http-0121"}


FRAMING = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 2",
    "a list of lengths": b"Content-Length: 2, 2",
    "a signed length": b"Content-Length: +2",
    "a hexadecimal length": b"Content-Length: 0x2",
    "a length with an underscore": b"Content-Length: 0_2",
    "an Arabic digit": b"Content-Length: \xd9\xa2",
    "a length that overflows": b"Content-Length: 18446744073709551618",
    "an empty length": b"Content-Length: ",
    "a space before the colon": b"Content-Length : 2",
    "an underscore for the hyphen": b"Content_Length: 2",
    "both framings": b"Content-Length: 2\r\nTransfer-Encoding: chunked",
    "both framings, the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 2",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "a list of codings": b"Transfer-Encoding: chunked, chunked",
    "identity": b"Transfer-Encoding: identity",
    "a coding with a parameter": b"Transfer-Encoding: chunked;q=1",
    "a coding in quotes": b'Transfer-Encoding: "chunked"',
    "a coding behind a vertical tab": b"Transfer-Encoding: \x0bchunked",
    "a folded coding": b"Transfer-Encoding:\r\n chunked",
    "an empty coding": b"Transfer-Encoding: ",
    "a line feed alone": b"X: y\nTransfer-Encoding: chunked",
    "a carriage return alone": b"X: y\rTransfer-Encoding: chunked",
    "a NUL in a value": b"X: y\x00z",
    "no colon": b"Transfer-Encoding chunked",
    "an empty name": b": chunked",
}


@pytest.mark.parametrize("fields", FRAMING.values(), ids=FRAMING.keys())
async def test_S40_doubtful_framing_is_refused_and_nothing_behind_it_is_a_request(fields: bytes) -> None:
    async with door() as gateway:
        raw = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n" + fields + b"\r\n\r\n0\r\n\r\n" + GET
        results = await outcomes(gateway, [("own", raw)])

    assert refused(results[0])
    assert results[0][1][0].headers[b"x-request-id"]
    assert msgspec.json.decode(results[0][1][0].body)["error"]["code"] == "invalid_request"
    assert [problem.status for problem, _, _ in gateway.noted] == [400]
    assert gateway.seen == []


CHUNKS_REFUSED = {
    "a size in other digits": b"0x2\r\n{}\r\n0\r\n\r\n",
    "a signed size": b"+2\r\n{}\r\n0\r\n\r\n",
    "a size with an underscore": b"0_2\r\n{}\r\n0\r\n\r\n",
    "a size that overflows": b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "white space behind a size": b"2 \r\n{}\r\n0\r\n\r\n",
    "more data than the size says": b"2\r\n{}X\r\n0\r\n\r\n",
    "a line feed alone": b"2\n{}\r\n0\r\n\r\n",
    "a line feed in an extension": b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "a carriage return in an extension": b"2;a\rb\r\n{}\r\n0\r\n\r\n",
    "a trailer": b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
    "an extension without end": b"2;" + b"a" * 300,
}


@pytest.mark.parametrize("body", CHUNKS_REFUSED.values(), ids=CHUNKS_REFUSED.keys())
async def test_S40_doubtful_chunks_are_refused_and_nothing_behind_them_is_a_request(body: bytes) -> None:
    async with door() as gateway:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n"
        results = await outcomes(gateway, [("own", head + body + GET)])

    assert refused(results[0])
    assert results[0][1][0].status == 400
    assert gateway.seen == []


async def test_S40_good_chunks_are_read_and_the_next_request_begins_behind_them() -> None:
    async with door() as gateway:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: Chunked\r\n\r\n"
        body = b'5;a="b c";d\r\nhello\r\n0006\r\n world\r\n000\r\n\r\n'
        results = await outcomes(gateway, [("own", head + body + post(b"{}") + GET)])

    assert [answer.status for answer in results[0][1]] == [200, 200, 200]
    assert [body for _, body in gateway.seen] == [b"hello world", b"{}", b""]


async def test_S40_an_offered_upgrade_costs_no_body() -> None:
    """Java's client offers h2c with its first request; llhttp alone would drop that request's body."""
    async with door() as gateway:
        offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")
        results = await outcomes(gateway, [("own", post(b'{"a":1}', *offer) + GET)])

    assert [answer.status for answer in results[0][1]] == [200, 200]
    assert [body for _, body in gateway.seen] == [b'{"a":1}', b""]
    assert not {b"upgrade", b"connection", b"http2-settings"} & {name for name, _ in gateway.seen[0][0].headers}


async def test_S40_old_and_new_versions_are_answered_once_and_closed() -> None:
    async with door() as gateway:
        lines = [b"GET / HTTP/1.0", b"GET / HTTP/0.9", b"GET /", b"GET / HTTP/2.0", b"PRI * HTTP/2.0", b"GET / HTTP/1.2"]
        raws = [(one.decode(), one + b"\r\nHost: gw\r\nConnection: keep-alive\r\n\r\n" + GET) for one in lines]
        results = await outcomes(gateway, raws)

    assert [[answer.status for answer in one[1]] for one in results] == [[200], [505], [400], [505], [505], [505]]
    assert all(closed for _, _, closed in results)
    assert gateway.paths == ["/"]

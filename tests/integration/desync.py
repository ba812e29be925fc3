"""Two collections of suspicious requests that others made, and where this gateway differs from their verdicts, and why.

http-desync-guardian (AWS) has tiers; the raw requests come from gunicorn's tests, from smuggler's mutations and from
PortSwigger's techniques, each with what to expect.
"""

import asyncio
import base64
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import yaml

from tests.integration.front_door import Answer, Door

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
    "http-0133": "an address with credentials in it",
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


def promised(head: bytes) -> bytes:
    """The body that the head announces."""
    length = re.search(rb"(?i)\ncontent-length: *([0-9]+)", head)
    return b"x" * int(length[1]) if length else b"0\r\n\r\n" if b"hunked" in head else b""


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

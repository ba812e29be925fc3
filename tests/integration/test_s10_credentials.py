"""S10: what attackers put where credentials belong is an unknown credential to every method, also on the way of an error."""

import logging
import random
from pathlib import Path

import pytest

from lockgate.core.http import Inbound
from lockgate.pipeline.serve import serve
from tests.integration.all_methods import house

STARTS = (
    "",
    "'",
    '"',
    "`",
    "lg-",
    "lg-x'",
    "eyJhbGciOiJub25lIn0.e30.",
    "')",
    '")',
    "%27",
    "*/",
    ";",
    "\uff11'",
    "../",
    "${jndi:",
)
MIDDLES = (
    " OR 1=1",
    " UNION SELECT digest FROM keys",
    "; DROP TABLE keys",
    "||pg_sleep(9)",
    "{{7*7}}",
    "$(id)",
    "%00",
    "\\x00",
)
ENDS = ("", "--", "#", "/*", "';", '"', "\\", ".", "..", "}", ":", "=")
PLACES = {
    "authorization": ("Bearer {}", "Basic {}", "bearer  {}", "{}", "Digest {}", "Basic Og==, Bearer {}"),
    "x-api-key": ("{}",),
    "api-key": ("{}",),
    "x-goog-api-key": ("{}",),
    "signature-input": (
        's=("@method" "@target-uri");created=1;keyid="{}"',
        "{}",
        's=("{}");keyid="ci";created=1',
        "s=();{}",
    ),
    "signature": ("s=:{}:", "{}"),
    "x-lockgate-signature": ("k={},t=1,d=0,v1=0", "{}"),
}


def hostile(count: int) -> list[str]:
    chance = random.Random(42208)
    return [
        chance.choice(STARTS) + chance.choice(MIDDLES) * chance.randint(1, 3) + chance.choice(ENDS)
        for _ in range(count)
    ]


async def nothing() -> bytes:
    raise AssertionError("the body of an unknown sender was read")


async def test_S10_no_method_does_more_with_them_than_refuse(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    answered = 0
    async with house(tmp_path) as here:
        caplog.set_level(logging.DEBUG)
        for text in hostile(250):
            for name, forms in PLACES.items():
                for form in forms:
                    pair = (name.encode(), form.replace("{}", text).encode())
                    other = (b"signature", b"s=:eA==:") if name == "signature-input" else (b"x-other", b"1")
                    headers = ((b"host", b"gw"), pair, other)
                    reply = await serve(here.gateway, Inbound("POST", "/v1/chat/completions", "", headers, nothing))
                    assert isinstance(reply.body, bytes)
                    assert reply.status == 401, (pair, reply.body)
                    assert text.strip() == "" or text.encode() not in reply.body
                    answered += 1
        assert here.script.sent == []

    assert answered == 250 * 17
    assert {record.code for record in here.notebook.records} == {"invalid_api_key"}
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

"""Headers that the operator adds to replies and takes from them, with every carrier of the credential (S16)."""

import pytest

from lockgate.core.header_policy import HeaderPolicy, Source
from tests.fakes import Answered, Notebook, Script
from tests.unit.pipeline.gateway import chat, claude_stream, openai_answer, told
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

pytestmark = pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
Pair = tuple[bytes, bytes]


async def test_replies_are_dressed_on_every_way_out(carrier: Pair) -> None:
    headers = HeaderPolicy(
        reply_add={b"x-served-for": Source("identity", "team"), b"x-bad": Source("claim", "tenant")},
        reply_remove=frozenset((b"server-timing", b"openai-organization")),
    )
    upstream = Answered(
        200, openai_answer().chunks, ((b"content-type", b"application/json"), (b"openai-organization", b"o"))
    )
    claims = {"tenant": "a\r\nset-cookie: x"}
    for script, body, status in ((Script(upstream), chat("one"), 200), (Script(), chat("nowhere"), 404)):
        reply, _ = await ask(gateway(script, Notebook(), headers=headers, claims=claims), carrier, body)

        assert reply.status == status
        assert told(reply, b"x-served-for") == b"shop"
        for gone in (b"server-timing", b"openai-organization", b"x-bad"):
            assert told(reply, gone) == b""
        assert told(reply, b"x-request-id") == b"fresh-id"


async def test_a_stream_is_dressed_too(carrier: Pair) -> None:
    headers = HeaderPolicy(reply_add={b"x-served-for": Source("const", "all")})
    one = gateway(Script(Answered(503), claude_stream("x")), Notebook(), route_headers=headers)

    reply, body = await ask(one, carrier, chat("three", stream=True))

    assert told(reply, b"x-served-for") == b"all"
    assert body.endswith(b"data: [DONE]\n\n")

"""Until when a request must be answered: what the client asks for, and what is made of it."""

import asyncio
from typing import Any

import msgspec
import pytest

from lockgate.pipeline.serve import serve
from tests.fakes import JSON, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, openai_answer
from tests.unit.pipeline.persistent import SLOW, ask


@pytest.mark.parametrize("value", [b"0", b"-1", b"soon", b"1e3", b"", b"0.0", b"99999999", b"1 "])
async def test_a_deadline_that_is_none_is_refused(value: bytes) -> None:
    reply, body, notebook, script, _ = await ask(headers=((b"x-request-timeout", value),))

    assert reply.status == 400
    assert b"x-request-timeout" in body
    assert not script.sent
    assert notebook.outcome.code == "invalid_request"


async def test_a_client_lowers_what_an_upstream_may_take() -> None:
    *_, script, _ = await ask(openai_answer(), headers=((b"x-request-timeout", b"2.5"),))
    *_, plain, _ = await ask(openai_answer())

    limits = script.sent[0].timeouts
    assert max(limits.connect, limits.first_byte, limits.total) <= 2.5
    assert limits.total > 2
    assert plain.sent[0].timeouts is OPENAI.timeouts
    assert b"x-request-timeout" not in dict(script.sent[0].headers)


async def test_a_pause_that_ends_after_the_deadline_is_not_made() -> None:
    limited = Answered(429, [b"{}"], (*JSON, (b"retry-after", b"5")))

    reply, _, _, _, rest = await ask(limited, headers=((b"x-request-timeout", b"4"),))

    assert (reply.status, rest.slept) == (429, [])


async def test_a_late_attempt_is_none() -> None:
    """The first attempt has used up the time: the next one is not begun."""
    script = Script(SLOW)

    class Later(Script):
        async def send(self, outbound: Any) -> Any:
            await asyncio.sleep(outbound.timeouts.total)
            return await script.send(outbound)

    made = gateway(Later(), notebook := Notebook())
    body = msgspec.json.encode(chat("both"))
    reply = await serve(made, inbound("/v1/chat/completions", body, KEY, (b"x-request-timeout", b"0.02")))

    assert reply.status == 504
    assert len(notebook.outcome.attempts) == 1
    assert notebook.outcome.code == "upstream_timeout"

"""A stream that shows signs of life, and then comes to nothing: what its client hears has seen every rule, and it has an outcome."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Outbound
from lockgate.pipeline.patient import Waiting
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.elsewhere import Detective, remote
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, policies, rules
from tests.unit.pipeline.test_repeated import Slow

ERROR = msgspec.json.encode({"error": {"message": "no such bluebird, no nightingale", "type": "invalid_request_error"}})


class Wrong(Slow):
    """Fails on an error of ours."""

    async def send(self, outbound: Outbound) -> Arrival:
        await self.open.wait()
        raise RuntimeError("an error of ours")


def pinging(script: Script, notebook: Notebook, **more: Any) -> Gateway:
    route = Route("fast", (OPENAI,), rules("mask", "request"), rules("mask", "response"), ping=0.01, **more)
    return replace(gateway(script, notebook), policies=policies({"fast": route}, shop=Access(models=("fast",))))


async def begun(running: Gateway) -> Waiting:
    """A stream whose client has heard a sign of life, and no more."""
    body = msgspec.json.encode(chat("fast", stream=True))
    reply = await serve(running, inbound("/v1/chat/completions", body, KEY))
    assert isinstance(reply.body, Waiting)
    assert (await anext(reply.body)).startswith(b":")
    return reply.body


@pytest.mark.parametrize("far", [False, True], ids=["here", "elsewhere"])
async def test_S60_an_error_behind_pings_has_seen_the_rules(far: bool) -> None:
    script, notebook = Slow(Answered(400, [ERROR])), Notebook()
    stream = await begun(pinging(script, notebook, **(remote(Detective(), "mask", "response") if far else {})))

    script.open.set()
    said = b"".join([chunk async for chunk in stream])

    assert b"no such [BLOCKLIST]" in said
    assert (b"nightingale" in said) is not far
    assert notebook.outcome.end == "upstream_error"


async def test_an_error_of_ours_behind_a_client_that_left_has_an_outcome() -> None:
    script, notebook = Wrong(), Notebook()
    stream = await begun(pinging(script, notebook))

    script.open.set()
    await asyncio.wait((stream._task,))
    await stream.aclose()

    assert notebook.outcome.end == "client_gone"

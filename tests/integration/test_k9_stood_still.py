"""A process that stood still does not blame its upstreams: what they said meanwhile is read before a deadline is held against them."""

import asyncio
import time

import pytest

from lockgate.core.http import Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http.patience import Patience
from tests.integration.outbound import ask, transport
from tests.integration.scripted import ScriptedUpstream, answer, hold, read

HASTY = Timeouts(connect=0.2, first_byte=0.2, between_chunks=0.2, total=0.5)


async def test_K9_an_answer_that_came_while_we_stood_still_is_taken() -> None:
    loop = asyncio.get_running_loop()
    async with ScriptedUpstream([read, 0.1, answer(b"here")]) as upstream, transport() as out:
        arriving = asyncio.ensure_future(out.send(ask(upstream.port, timeouts=HASTY)))
        await asyncio.sleep(0.05)
        loop.call_later(0.0, time.sleep, 1.0)

        arrival = await arriving
        assert await arrival.body.read() == b"here"


async def test_K9_an_upstream_that_is_silent_is_still_left() -> None:
    loop = asyncio.get_running_loop()
    async with ScriptedUpstream([read, hold]) as upstream, transport() as out:
        arriving = asyncio.ensure_future(out.send(ask(upstream.port, timeouts=HASTY)))
        await asyncio.sleep(0.05)
        loop.call_later(0.0, time.sleep, 0.5)
        began = loop.time()

        with pytest.raises(Problem) as caught:
            await arriving

        assert caught.value.kind is Kind.UPSTREAM_TIMEOUT
        assert loop.time() - began < 2


async def test_K9_patience_forgives_the_time_in_which_nobody_could_look() -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_later(0.0, time.sleep, 0.6)
    loop.call_later(0.9, done.set_result, "done")

    async with Patience(loop, loop.time() + 0.1):
        assert await done == "done"


async def test_patience_ends() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    with pytest.raises(TimeoutError):
        async with Patience(loop, began + 0.05):
            await asyncio.sleep(5)

    assert loop.time() - began < 1

"""A stream that waits for a guard elsewhere shows signs of life, where the operator wants them, and nothing else."""

import asyncio

import msgspec
import pytest

from lockgate.core.guard import Action
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.serve import serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.elsewhere import Detective, remote, with_remote
from tests.unit.pipeline.gateway import KEY, chat, openai_stream
from tests.unit.pipeline.test_consult_streams import said

PINGS = 3


async def streamed(guard: Detective, action: Action, script: Script) -> tuple[list[bytes], bytes, Notebook]:
    """The first chunks, which come while the guard is still asked, and the rest."""
    notebook = Notebook()
    gateway = with_remote(script, notebook, remote(guard, action, "response"), ping=0.01)
    guard.waits = asyncio.Event()
    reply = await serve(gateway, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=True)), KEY))
    assert not isinstance(reply.body, bytes)
    first = [await anext(reply.body) for _ in range(PINGS)]
    guard.waits.set()
    return first, b"".join([chunk async for chunk in reply.body]), notebook


@pytest.mark.parametrize("action", ["mask", "block"])
async def test_pings_go_on_until_the_verdict(action: Action) -> None:
    first, rest, notebook = await streamed(Detective(), action, Script(openai_stream("a nightingale ", "sings")))

    assert all(chunk.startswith(b":") for chunk in first)
    assert b"nightingale" not in b"".join([*first, rest])
    assert said(rest) == ("a [BIRD] sings" if action == "mask" else "")
    assert notebook.outcome.end == ("complete" if action == "mask" else "blocked")
    assert (b'"finish_reason":"content_filter"' in rest) == (action == "block")
    assert notebook.outcome.gateway_ms < 1000


async def test_a_guard_that_fails_then_ends_it_filtered() -> None:
    guard = Detective()
    guard.error = Problem(Kind.UNREACHABLE, "x", source="upstream")

    first, rest, notebook = await streamed(guard, "flag", Script(openai_stream("some words")))

    assert all(chunk.startswith(b":") for chunk in first)
    assert said(rest) == ""
    assert b'"finish_reason":"content_filter"' in rest
    assert notebook.outcome.findings[0].action == "error_blocked"

"""No record, no service: nothing goes to an upstream, and no end of an answer to a client, that nobody wrote down."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from lockgate.core.sink import Event, Record
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, claude_stream, gateway, openai_answer, openai_stream, whole

STREAMS = {"fast": openai_stream, "cross": claude_stream, "guarded": openai_stream}


async def asked(
    notebook: Notebook, answer: Answered, model: str = "fast", *, stream: bool = False
) -> tuple[Any, Script]:
    script = Script(answer)
    body = msgspec.json.encode(chat(model, stream=stream))
    return await serve(gateway(script, notebook), inbound("/v1/chat/completions", body, KEY)), script


async def test_D1_an_intent_that_nobody_takes_reaches_no_upstream() -> None:
    notebook = Notebook(takes=[False])

    reply, script = await asked(notebook, openai_answer())

    assert (reply.status, b"audit_unavailable" in await whole(reply), script.sent) == (503, True, [])
    assert (b"retry-after", b"1") in reply.headers
    assert notebook.outcome.code == "audit_unavailable"


async def test_D1_an_answer_whose_outcome_nobody_takes_is_not_given_out() -> None:
    reply, script = await asked(Notebook(takes=[True, False]), openai_answer("the answer"))

    body = await whole(reply)
    assert (reply.status, len(script.sent)) == (503, 1)
    assert b"the answer" not in body


async def test_a_refusal_is_told_also_when_its_record_comes_later() -> None:
    reply = await serve(
        gateway(Script(), Notebook(takes=[False])), inbound("/v1/chat/completions", b'{"model":"nowhere"}', KEY)
    )

    assert reply.status == 404


@pytest.mark.parametrize("model", STREAMS)
async def test_D1_a_stream_whose_outcome_nobody_takes_ends_with_an_error(model: str) -> None:
    reply, _ = await asked(Notebook(takes=[True, False]), STREAMS[model]("hello there, world"), model, stream=True)

    body = await whole(reply)

    assert b"audit_unavailable" in body
    assert b"[DONE]" not in body


class Slow(Notebook):
    """Takes everything, but says so only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()
        self.waiting = asyncio.Event()

    def put(self, record: Record | Event) -> Any:
        super().put(record)
        return self._said(record)

    async def _said(self, record: Record | Event) -> bool:
        if record.kind == "outcome":
            self.waiting.set()
            await self.may.wait()
        return True


@pytest.mark.parametrize("model", STREAMS)
async def test_the_last_bytes_of_a_stream_wait_for_its_outcome(model: str) -> None:
    notebook = Slow()
    reply, _ = await asked(notebook, STREAMS[model]("hello there, world"), model, stream=True)
    got: list[bytes] = []

    async def client(body: AsyncIterator[bytes]) -> None:
        got.extend([chunk async for chunk in body])

    reading = asyncio.ensure_future(client(reply.body))
    await notebook.waiting.wait()
    before = b"".join(got)
    notebook.may.set()
    await reading

    assert b"[DONE]" not in before
    assert b"".join(got).endswith(b"data: [DONE]\n\n")
    assert notebook.outcome.end == "complete"


async def test_a_whole_answer_waits_for_its_outcome() -> None:
    notebook = Slow()
    asking = asyncio.ensure_future(asked(notebook, openai_answer()))
    await notebook.waiting.wait()
    assert not asking.done()

    notebook.may.set()

    reply, _ = await asking
    assert reply.status == 200


async def test_what_breaks_behind_the_dialects_own_end_is_no_news() -> None:
    answer = openai_stream("hi")
    answer.chunks = [*answer.chunks, ConnectionResetError("late")]
    reply, _ = await asked(notebook := Notebook(), answer, stream=True)
    body: Any = reply.body
    got = [await anext(body) for _ in range(4)]

    assert got[-1] == b"data: [DONE]\n\n"
    assert notebook.outcome.end == "complete"
    await body.aclose()
    assert len([record for record in notebook.records if record.kind == "outcome"]) == 1

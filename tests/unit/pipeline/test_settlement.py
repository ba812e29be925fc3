"""Every request is written down exactly once, however it ends."""

import asyncio
from typing import Any

import msgspec
import pytest

from lockgate.core.answer import Usage
from lockgate.pipeline.serve import serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    KEY,
    ask,
    chat,
    claude_stream,
    gateway,
    openai_answer,
    openai_stream,
    told,
    whole,
)


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


async def test_a_full_audit_log_lets_nothing_new_through() -> None:
    script, notebook = Script(), Notebook(full=True)

    reply = await serve(
        gateway(script, notebook), inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY)
    )

    assert (reply.status, read(await whole(reply))["error"]["code"]) == (503, "audit_unavailable")
    assert not script.sent


async def test_a_client_that_leaves_while_waiting_is_settled_once() -> None:
    script, notebook = Script(asyncio.CancelledError()), Notebook()

    with pytest.raises(asyncio.CancelledError):
        await serve(gateway(script, notebook), inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY))

    assert notebook.outcome.end == "client_gone"
    assert notebook.outcome.attempts[0].error == "cancelled"


@pytest.mark.parametrize("chunks", [0, 1, 2])
@pytest.mark.parametrize("model", ["fast", "cross", "guarded"])
async def test_a_client_that_leaves_a_stream_is_settled_once(model: str, chunks: int) -> None:
    texts = ["a " * 10] * 4  # longer than what a rule holds back: the last word
    answer = claude_stream(*texts) if model == "cross" else openai_stream(*texts)
    script, notebook = Script(answer), Notebook()
    request = inbound("/v1/chat/completions", msgspec.json.encode(chat(model, stream=True)), KEY)

    reply = await serve(gateway(script, notebook), request)
    body: Any = reply.body
    for _ in range(chunks):
        await anext(body)
    await body.aclose()
    await body.aclose()

    assert notebook.outcome.end == "client_gone"
    assert script.bodies[0].closed


async def test_an_error_of_ours_says_nothing_and_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    reply, body, notebook = await ask(Script(RuntimeError("secret detail")), chat("fast"))

    assert (reply.status, notebook.outcome.end) == (500, "internal_error")
    assert b"secret detail" not in body
    assert "fresh-id" in caplog.text


@pytest.mark.parametrize(
    ("sent", "told_id"), [(b"abc-1_2", b"abc-1_2"), (b"a b", b"fresh-id"), (b"x" * 129, b"fresh-id")]
)
async def test_S38_only_a_sane_request_id_comes_back(sent: bytes, told_id: bytes) -> None:
    reply, _, notebook = await ask(Script(openai_answer()), chat("fast"), KEY, (b"x-request-id", sent))

    assert told(reply, b"x-request-id") == told_id
    assert notebook.outcome.request_id == told_id.decode()
    assert told(reply, b"server-timing").startswith(b"lockgate;dur=")


async def test_a_whole_answer_for_a_stream_is_counted_also_when_it_is_blocked() -> None:
    reply, _, notebook = await ask(
        Script(openai_answer("a bluebird")), chat("guarded", stream=True), KEY, action="block"
    )

    assert (reply.status, notebook.outcome.end) == (400, "blocked")
    assert notebook.outcome.usage == Usage(9, 7)

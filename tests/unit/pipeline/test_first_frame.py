"""What a stream has to say before it counts as begun: until then the next target may answer."""

from dataclasses import replace

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route, Upstream
from lockgate.pipeline.serve import serve
from tests.fakes import SSE, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    CLAUDE,
    KEY,
    OPENAI,
    chat,
    claude_stream,
    gateway,
    openai_stream,
    policies,
    whole,
)

BUSY = b'data: {"error":{"message":"busy","code":503}}\n\n'
ALIVE = b": OPENROUTER PROCESSING\n\n"


@pytest.mark.parametrize(
    "chunks",
    [
        *([BUSY], [ALIVE, BUSY], [ALIVE * 2 + BUSY[:9], BUSY[9:]], [BUSY[:-1]], [BUSY[:-2]], [], [b"\n"], [ALIVE]),
        *([b"data: [DONE]\n\n"], [ALIVE, b"data: [DONE]\n\n"], [b"data: <html>\n\n"], [b'data: {"choices\n\n']),
    ],
    ids=[
        *("error", "behind-life", "cut", "one-end-missing", "no-end", "empty", "blank", "life-only"),
        *("end-only", "life-and-end", "no-json", "half-json"),
    ],
)
@pytest.mark.parametrize("second", [OPENAI, CLAUDE])
async def test_a_stream_that_says_nothing_or_an_error_first_is_answered_by_the_next(
    chunks: list[bytes], second: Upstream
) -> None:
    script = Script(Answered(200, chunks, SSE), openai_stream("hello") if second is OPENAI else claude_stream("hello"))
    notebook = Notebook()
    route = Route("fast", (OPENAI, replace(second, name="second")))
    made = replace(gateway(script, notebook), policies=policies({"fast": route}, shop=Access(models=("fast",))))

    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=True)), KEY))
    got = await whole(reply)

    assert (reply.status, b"hello" in got, b"busy" in got) == (200, True, False)
    assert [each.upstream for each in notebook.outcome.attempts] == ["oai", "second"]


async def test_a_stream_that_begins_with_401_is_about_the_gateways_credential_and_not_the_clients() -> None:
    told = b'data: {"error":{"message":"no such key: hunter2","code":401}}\n\n'
    script = Script(Answered(200, [told], SSE))
    asked = msgspec.json.encode(chat("fast", stream=True))

    reply = await serve(gateway(script, Notebook()), inbound("/v1/chat/completions", asked, KEY))

    assert (reply.status, b"hunter2" in await whole(reply)) == (502, False)


@pytest.mark.parametrize("body", [b"{}", b'{"choices":[]}', b'{"detail":"Not Found"}', b'{"choices":"none"}'])
async def test_what_cannot_be_translated_is_answered_by_the_next_and_what_passes_as_it_is_is_not_looked_at(
    body: bytes,
) -> None:
    """Some providers answer with other documents than answers, when their clients ask for that."""
    said = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "c",
        "content": [{"type": "text", "text": "hello"}],
    }
    claude = {**said, "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 7}}
    asked = {"model": "both", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    answers = [body], [msgspec.json.encode(claude)], [body]
    script, notebook = Script(*(Answered(200, each) for each in answers)), Notebook()
    made = gateway(script, notebook)

    reply = await serve(made, inbound("/v1/messages", msgspec.json.encode(asked), KEY))
    assert (reply.status, b"hello" in await whole(reply)) == (200, True)
    assert [each.error for each in notebook.outcome.attempts] == ["bad_upstream", ""]

    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("both")), KEY))
    assert (reply.status, await whole(reply)) == (200, body)


@pytest.mark.parametrize("body", [b"{}", b'{"detail":"Not Found"}'])
async def test_a_whole_answer_that_cannot_be_said_as_a_stream_is_answered_by_the_next(body: bytes) -> None:
    script, notebook = Script(Answered(200, [body]), openai_stream("hello")), Notebook()
    route = Route("fast", (OPENAI, replace(OPENAI, name="second")))
    made = replace(gateway(script, notebook), policies=policies({"fast": route}, shop=Access(models=("fast",))))

    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=True)), KEY))

    assert (reply.status, b"hello" in await whole(reply)) == (200, True)
    assert [(each.upstream, each.error) for each in notebook.outcome.attempts] == [
        ("oai", "bad_upstream"),
        ("second", ""),
    ]

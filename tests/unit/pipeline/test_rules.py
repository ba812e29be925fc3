"""Rules on requests, answers and streams: masked, blocked, or left exactly as they were."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.fakes import Answered, Script
from tests.unit.pipeline.gateway import (
    ask,
    chat,
    claude_stream,
    openai_answer,
    openai_stream,
    told,
)


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


async def test_S45_what_is_forwarded_is_what_was_inspected() -> None:
    raw = b'{"model":"guarded","messages":[{"role":"user","content":"bluebird","content":"hi"}]}'
    script = Script()

    reply, _, _ = await ask(script, raw)

    assert reply.status == 400
    assert not script.sent


async def test_a_rule_masks_request_and_answer() -> None:
    script = Script(openai_answer("the Bluebird flies"))

    _, body, notebook = await ask(script, chat("guarded", "about BLUEBIRD"))

    assert read(script.sent[0].body)["messages"][0]["content"] == "about [BLOCKLIST]"
    assert read(body)["choices"][0]["message"]["content"] == "the [BLOCKLIST] flies"
    assert [f.place for f in notebook.outcome.findings] == [
        "messages.0.content",
        "response.choices.0.message.content",
    ]


@pytest.mark.parametrize(("model", "answer"), [("guarded", openai_stream), ("guarded-cross", claude_stream)])
async def test_a_rule_masks_a_stream_across_chunks(model: str, answer: Any) -> None:
    _, body, _ = await ask(Script(answer("see blue", "bird", " fly")), chat(model, stream=True))

    assert b"bird" not in body
    assert b"[BLOCKLIST]" in body
    assert body.endswith(b"data: [DONE]\n\n")


async def test_a_guarded_stream_without_findings_is_the_original() -> None:
    answer = openai_stream("see blue", "berries", " grow")

    _, body, _ = await ask(Script(answer), chat("guarded", stream=True))

    assert body == b"".join(chunk for chunk in answer.chunks if isinstance(chunk, bytes))


@pytest.mark.parametrize("model", ["fast", "guarded"])
async def test_S35_what_hides_the_lengths_of_frames_goes_through_untouched(model: str) -> None:
    plain = openai_stream("see blue", "berries", " grow")
    whole = [chunk for chunk in plain.chunks if isinstance(chunk, bytes)]
    answer = replace(
        plain, chunks=[chunk.replace(b'data: {"', b'data: {"obfuscation":"x8RfQ2LmN4pT","') for chunk in whole]
    )

    _, body, _ = await ask(Script(answer), chat(model, stream=True))

    assert body == b"".join(chunk for chunk in answer.chunks if isinstance(chunk, bytes))
    assert body.count(b"obfuscation") >= 3


@pytest.mark.parametrize(("model", "answer"), [("guarded", openai_stream), ("guarded-cross", claude_stream)])
async def test_a_blocked_stream_ends_in_the_words_of_the_dialect(model: str, answer: Any) -> None:
    script = Script(answer("see blue", "bird", " fly"))

    _, body, notebook = await ask(script, chat(model, stream=True), action="block")

    assert b"blue" not in body
    assert b'"finish_reason":"content_filter"' in body
    assert notebook.outcome.end == "blocked"
    assert script.bodies[0].closed


async def test_a_blocked_request_names_the_rule_and_never_the_text() -> None:
    script = Script()

    reply, body, notebook = await ask(script, chat("guarded", "about BLUEBIRD"), action="block")

    error = read(body)["error"]
    assert (reply.status, error["code"], error["param"]) == (400, "blocked_by_policy", "messages.0.content")
    assert "codename" in error["message"]
    assert "luebird" not in body.decode().lower()
    assert told(reply, b"x-should-retry") == b"false"
    assert notebook.outcome.end == "blocked"
    assert not script.sent


@pytest.mark.parametrize("status", [200, 400])
async def test_an_answer_that_is_no_text_is_the_upstreams_fault(status: int) -> None:
    """Deep in it, where nobody but a rule looks."""
    raw = b'{"choices":[{"index":0,"message":{"content":"a \xff bluebird"}}]}'

    reply, body, _ = await ask(Script(Answered(status, [raw])), chat("guarded"))

    assert (reply.status, read(body)["error"]["code"]) == (502, "bad_upstream")

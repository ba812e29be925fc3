"""What goes out to upstreams and what comes back: verbatim, translated, failed over, broken."""

from typing import Any

import msgspec
import pytest

from lockgate.core.problem import Kind, Problem
from tests.fakes import SSE, Answered, Script
from tests.unit.pipeline.gateway import (
    KEY,
    ask,
    chat,
    claude_stream,
    openai_answer,
    openai_stream,
    told,
)


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


def lost_connection() -> Problem:
    return Problem(Kind.UNREACHABLE, "no connection", source="upstream")


async def test_same_dialect_keeps_what_we_do_not_know_both_ways() -> None:
    script = Script(openai_answer())

    _, body, notebook = await ask(script, chat("fast", brand_new={"x": [1.50, 10**30]}))

    assert read(script.sent[0].body) == chat("gpt-real", brand_new={"x": [1.50, 10**30]})
    assert b'"x":[1.5,1000000000000000000000000000000]' in script.sent[0].body.replace(b"1.50", b"1.5")
    assert read(body)["brand_new"] == 1
    assert notebook.outcome.usage is not None
    assert (notebook.outcome.usage.input, notebook.outcome.usage.output) == (9, 7)


async def test_a_stream_of_the_same_dialect_is_the_same_bytes() -> None:
    answer = openai_stream("hel", "lo")

    reply, body, notebook = await ask(Script(answer), chat("fast", stream=True))

    assert body == b"".join(chunk for chunk in answer.chunks if isinstance(chunk, bytes))
    assert told(reply, b"content-type").startswith(b"text/event-stream")
    assert notebook.outcome.end == "complete"


async def test_another_dialect_is_translated_both_ways() -> None:
    script = Script(claude_stream("hel", "lo"))

    reply, body, notebook = await ask(script, chat("cross", stream=True, seed=1))

    assert read(script.sent[0].body)["model"] == "claude-real"
    assert script.sent[0].target == "/v1/messages"
    assert body.endswith(b"data: [DONE]\n\n")
    assert b'"content":"hel"' in body
    assert b"seed" in told(reply, b"x-lockgate-lost")
    assert notebook.outcome.lost == ("seed",)
    assert notebook.outcome.usage is not None
    assert (notebook.outcome.usage.input, notebook.outcome.usage.output) == (9, 7)


async def test_only_our_credential_and_listed_headers_go_out() -> None:
    script = Script(Answered(503), claude_stream("x"))
    hostile = [(b"cookie", b"c"), (b"x-forwarded-for", b"1"), (b"x-api-key", b"lg-good"), (b"openai-beta", b"v")]

    await ask(script, chat("both", stream=True), KEY, *hostile, (b"tracestate", b"v=1"))

    assert dict(script.sent[0].headers) == {
        b"content-type": b"application/json",
        b"authorization": b"Bearer sk-up",
        b"openai-beta": b"v",
        b"x-request-id": b"fresh-id",
    }
    assert dict(script.sent[1].headers) == {
        b"content-type": b"application/json",
        b"x-api-key": b"sk-ant",
        b"anthropic-version": b"2023-06-01",
        b"x-request-id": b"fresh-id",
    }


@pytest.mark.parametrize("first", [lost_connection(), Answered(503), Answered(429), Answered(401)], ids=str)
async def test_the_next_upstream_is_asked(first: Answered | Problem) -> None:
    script = Script(first, claude_stream("x"))

    reply, _, notebook = await ask(script, chat("both", stream=True))

    assert reply.status == 200
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["oai", "ant"]
    assert all(body.closed for body in script.bodies)


async def test_an_error_event_before_any_answer_asks_the_next_upstream() -> None:
    script = Script(Answered(200, [b'data: {"error":{"message":"busy"}}\n\n'], SSE), claude_stream("x"))

    reply, body, notebook = await ask(script, chat("both", stream=True))

    assert reply.status == 200
    assert b"busy" not in body
    assert notebook.outcome.attempts[0].error == "upstream_error"
    assert script.bodies[0].closed


async def test_an_answer_whose_error_is_null_is_an_answer() -> None:
    raw = b'{"id":"1","error":null,"choices":[]}'

    reply, body, notebook = await ask(Script(Answered(200, [raw])), chat("fast"))

    assert (reply.status, body) == (200, raw)
    assert notebook.outcome.end == "complete"


async def test_an_upstreams_error_body_goes_back_unmodified() -> None:
    raw = b'{"error": {"message":"prompt is too long",  "type":"x"}}'

    reply, body, notebook = await ask(Script(Answered(400, [raw])), chat("fast"))

    assert (reply.status, body) == (400, raw)
    assert (notebook.outcome.status, notebook.outcome.end) == (400, "upstream_error")


async def test_an_upstreams_401_is_not_the_clients() -> None:
    reply, body, _ = await ask(Script(Answered(401, [b'{"error":{"message":"bad key sk-up"}}'])), chat("fast"))

    assert reply.status == 502
    assert b"sk-up" not in body


async def test_an_error_of_another_dialect_is_translated() -> None:
    raw = b'{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}'

    reply, body, _ = await ask(Script(Answered(429, [raw])), chat("cross"))

    assert reply.status == 429
    assert read(body)["error"]["message"] == "slow down"


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, [b"<html>"], ((b"content-type", b"text/html"),)),
        Answered(200, [b'{"half":']),
        Answered(200, [b""]),
        Answered(200, [b'{"error":{"message":"no"}}']),
        Answered(204),
        Answered(302, headers=((b"location", b"http://elsewhere"),)),
    ],
    ids=["html", "half", "empty", "error", "204", "redirect"],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_U11_nonsense_is_a_bad_upstream(answer: Answered, stream: bool) -> None:
    fresh = Answered(answer.status, list(answer.chunks), answer.headers)

    reply, body, notebook = await ask(Script(fresh), chat("fast", stream=stream))

    assert (reply.status, notebook.outcome.end) == (502, "upstream_error")
    assert b"html" not in body


async def test_U14_a_whole_answer_to_a_stream_is_streamed() -> None:
    reply, body, _ = await ask(Script(openai_answer("hello")), chat("fast", stream=True))

    assert reply.status == 200
    assert b'"content":"hello"' in body
    assert body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("model", ["fast", "guarded"])
@pytest.mark.parametrize(
    "broken", [[], [lost_connection()], [b"data: {nonsense\n\n"]], ids=["eof", "reset", "nonsense"]
)
async def test_U5_a_broken_stream_never_ends_cleanly(model: str, broken: list[bytes | BaseException]) -> None:
    answer = openai_stream("hello world", end=False)
    script = Script(Answered(200, [*answer.chunks, *broken], SSE))

    _, body, notebook = await ask(script, chat(model, stream=True))

    assert b"[DONE]" not in body
    assert b'data: {"error":' in body.rsplit(b"\n\n", 2)[1] + b"\n\n"
    assert notebook.outcome.end == "upstream_error"
    assert script.bodies[0].closed


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("status", "media"), [(200, b"text/html"), (201, b"application/json"), (302, b"text/event-stream")]
)
async def test_an_answer_that_is_none_is_given_up_at_once(*, status: int, media: bytes, stream: bool) -> None:
    """A page without an end would otherwise hold its connection for as long as the upstream likes."""
    script = Script(Answered(status, [b"<html>"], ((b"content-type", media),)))

    reply, _, notebook = await ask(script, chat("fast", stream=stream))

    assert reply.status == 502
    assert script.bodies[0].closed
    assert notebook.outcome.code == "bad_upstream"


@pytest.mark.parametrize("model", ["fast", "cross", "guarded"])
async def test_an_answer_of_a_thousand_brackets_is_the_upstreams_fault(model: str) -> None:
    deep = b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    reply, _, notebook = await ask(Script(Answered(200, [deep])), chat(model))

    assert reply.status == 502
    assert notebook.outcome.code == "bad_upstream"


@pytest.mark.parametrize("model", ["guarded", "guarded-cross"])
async def test_an_error_that_is_no_json_keeps_its_status_under_rules(model: str) -> None:
    """Proxies before an upstream answer with pages; whether to come back later is in the status."""
    page = Answered(429, [b"<html>slow down, bluebird</html>"], ((b"content-type", b"text/html"),))

    reply, body, notebook = await ask(Script(page), chat(model))

    assert reply.status == 429
    assert b"bluebird" not in body
    assert read(body)["error"]["message"]
    assert notebook.outcome.end == "upstream_error"

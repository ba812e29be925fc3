"""One prompt goes through the whole pipeline as a chat: who, what, how much, rules, memory, secrets, intent and outcome."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.guard import Action
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.serve import serve
from tests.dialects import CHATS, PROMPTS
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    KEY,
    ask,
    openai_answer,
    openai_stream,
    told,
    whole,
)
from tests.unit.pipeline.policed import gateway as policed
from tests.unit.pipeline.prompted import PROMPTED, Prompted, answers, prompts, streams


@prompts
@streams
@pytest.mark.parametrize("model", ["fast", "cross"])
async def test_it_is_asked_as_a_chat_and_answered_as_it_was_asked(one: Prompted, model: str, *, stream: bool) -> None:
    script = Script(answers(model, "Hel", "lo", stream=stream))

    reply, body, notebook = await ask(script, one.body("hi", model, stream=stream, **one.limit(9)), path=one.path)

    sent = msgspec.json.decode(script.sent[0].body)
    assert sent["messages"] == [{"role": "user", "content": "hi"}]
    assert (sent.get("max_completion_tokens") or sent["max_tokens"], sent.get("stream", False)) == (9, stream)
    assert script.sent[0].target == ("/v1/messages" if model == "cross" else "/v1/chat/completions")
    assert (reply.status, one.text(body), one.whole(body)) == (200, "Hello", True)
    outcome = notebook.outcome
    assert (outcome.operation, outcome.dialect, outcome.model, outcome.end) == ("chat", one.dialect, model, "complete")
    assert [record.kind for record in notebook.records] == ["intent", "outcome"]
    assert outcome.usage is not None
    assert outcome.usage.output > 0


def refusals() -> Iterator[Any]:
    for name, one in PROMPTED.items():
        hi = one.body("hi")
        for what, raw, status in (
            ("unknown model", json.dumps(one.body("hi", "nowhere")), 404),
            ("forbidden model", json.dumps(one.body("hi", "hidden")), 404),
            ("no prompt", json.dumps({**hi, "prompt": None}), 400),
            ("tokens", json.dumps({**hi, "prompt": [1, 2]}), 400),
            ("suffix", json.dumps({**hi, "suffix": "x"}), 400),
            ("twice", json.dumps(hi)[:-1] + ',"prompt":"other"}', 400),
            ("another case", json.dumps({**hi, "Prompt": "other"}), 400),
            ("no object", "[]", 400),
            ("wrong type", json.dumps({**hi, **one.limit("many")}), 400),  # type: ignore[arg-type]
        ):
            yield pytest.param(one, raw, status, id=f"{name}-{what}")


@pytest.mark.parametrize(("one", "raw", "status"), list(refusals()))
async def test_refusals_are_in_the_words_of_the_format_and_nobody_is_asked(
    one: Prompted, raw: str, status: int
) -> None:
    script = Script()

    reply, body, notebook = await ask(script, raw.encode(), path=one.path)

    assert (reply.status, script.sent) == (status, [])
    assert one.error(body)
    assert notebook.outcome.end == "refused"


@prompts
@streams
async def test_an_upstreams_error_is_one_of_the_format(one: Prompted, *, stream: bool) -> None:
    answer = Answered(429, [b'{"error":{"message":"slow down","type":"x","param":null,"code":null}}'])

    reply, body, _ = await ask(Script(answer), one.body("hi", stream=stream), path=one.path)

    assert (reply.status, one.error(body)) == (429, "slow down")


@prompts
@pytest.mark.parametrize("cut", ["end", "reset"])
async def test_U5_a_stream_that_breaks_never_ends_cleanly(one: Prompted, cut: str) -> None:
    answer = openai_stream("Hel", "lo", end=False)
    if cut == "reset":
        answer.chunks = [*answer.chunks, Problem(Kind.UPSTREAM_RESET, "lost", source="upstream")]

    reply, body, notebook = await ask(Script(answer), one.body("hi", stream=True), path=one.path)

    assert (reply.status, one.whole(body), notebook.outcome.end) == (200, False, "upstream_error")
    assert one.error(body)


@prompts
@streams
async def test_a_rule_masks_what_is_asked_and_what_is_answered(one: Prompted, *, stream: bool) -> None:
    script = Script(answers("guarded", "see the blue", "bird", " fly", stream=stream))

    _, body, _ = await ask(script, one.body("the bluebird", "guarded", stream=stream), path=one.path)

    assert b"bluebird" not in script.sent[0].body + body
    assert one.text(body) == "see the [BLOCKLIST] fly"
    assert one.whole(body)


@prompts
@streams
@pytest.mark.parametrize("asked", ["the bluebird", "hi"])
async def test_a_rule_blocks(one: Prompted, asked: str, *, stream: bool) -> None:
    script = Script(answers("guarded", "see the blue", "bird", stream=stream))

    reply, body, notebook = await ask(script, one.body(asked, "guarded", stream=stream), path=one.path, action="block")

    assert (reply.status == 200) == (stream and asked == "hi")
    assert b"bluebird" not in body
    assert b'"content_filter"' in body if stream and asked == "hi" else "codename" in one.error(body)
    assert (notebook.outcome.end, len(script.sent)) == ("blocked", asked == "hi")


@prompts
async def test_fields_that_nobody_knows_are_not_sent_and_named(one: Prompted) -> None:
    script = Script(openai_answer())
    hidden = {"messages": [{"role": "user", "content": "hidden"}], "tools": [{"type": "function"}], "brand_new": 1}

    reply, _, _ = await ask(script, one.body("hi", **hidden), path=one.path)

    assert json.loads(script.sent[0].body)["messages"] == [{"role": "user", "content": "hi"}]
    assert b"tools" not in script.sent[0].body
    assert told(reply, b"x-lockgate-lost") == b"messages, tools, brand_new"


@prompts
async def test_a_key_without_tools_may_ask_and_gets_no_call(one: Prompted) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "wipe", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    calls = {"id": "c1", "object": "chat.completion", "created": 5, "model": "m", "choices": [choice]}
    script = Script(openai_answer("hello"), Answered(200, [msgspec.json.encode(calls)]))
    bound = policed(script, Notebook(), Access(models=("*",), tools=("look",)))
    raw = msgspec.json.encode(one.body("hi", "one"))

    fine = await serve(bound, inbound(one.path, raw, KEY))
    called = await serve(bound, inbound(one.path, raw, KEY))

    assert (fine.status, one.text(await whole(fine))) == (200, "hello")
    assert called.status == 400


@prompts
async def test_S45_what_a_rule_saw_is_what_is_sent_however_it_is_spelled(one: Prompted) -> None:
    script = Script(openai_answer())
    raw = json.dumps(one.body("the PLACE", "guarded")).replace("PLACE", "blu\\u0065bird").encode()

    await ask(script, raw, path=one.path)

    assert b"bluebird" not in script.sent[0].body
    assert b"the " in script.sent[0].body


@prompts
@pytest.mark.parametrize("action", ["mask", "block"])
async def test_an_answer_that_is_no_chat_is_the_upstreams_fault(one: Prompted, action: Action) -> None:
    for chunk in (b'{"x":1}', b"[]", b'{"choices":[]}'):
        reply, body, _ = await ask(Script(Answered(200, [chunk])), one.body("hi", "fast"), path=one.path, action=action)
        assert reply.status == 502
        assert one.error(body)


def test_every_dialect_of_one_prompt_is_here() -> None:
    assert set(PROMPTED) == PROMPTS & set(CHATS)

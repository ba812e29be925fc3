"""Rules that ask elsewhere: what is asked, what becomes of findings, and what holds when there is no verdict."""

import asyncio
from typing import Any

import msgspec
import pytest

from lockgate.core.fuse import Patience
from lockgate.core.guard import Finding, Mode
from lockgate.core.problem import Kind, Problem
from lockgate.core.remote_guard import Capacity, NoVerdict, OnError
from tests.fakes import Answered, Script
from tests.unit.pipeline.elsewhere import Detective, ask, remote
from tests.unit.pipeline.gateway import chat, openai_answer

BAD = Problem(Kind.BAD_UPSTREAM, "x", source="upstream")


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


async def test_it_masks_in_requests_and_answers() -> None:
    script = Script(openai_answer("a nightingale sings"))

    _, body, notebook = await ask(script, chat("fast", "a nightingale, please"), remote(Detective()))

    assert read(script.sent[0].body)["messages"][0]["content"] == "a [BIRD], please"
    assert read(body)["choices"][0]["message"]["content"] == "a [BIRD] sings"
    assert [(f.rule, f.label, f.place, f.action) for f in notebook.outcome.findings] == [
        ("far", "bird", "messages.0.content", "mask"),
        ("far", "bird", "response.choices.0.message.content", "mask"),
    ]


async def test_what_blocks_is_not_sent() -> None:
    script = Script()

    reply, body, notebook = await ask(script, chat("fast", "a nightingale"), remote(Detective(), "block"))

    assert reply.status == 400
    assert "blocked by rule 'far'" in read(body)["error"]["message"]
    assert not script.sent
    assert notebook.outcome.end == "blocked"


async def test_a_blocked_answer_does_not_reach_the_client() -> None:
    reply, body, _ = await ask(Script(openai_answer("nightingale")), chat("fast"), remote(Detective(), "block"))

    assert reply.status == 400
    assert b"nightingale" not in body


async def test_local_masks_come_first_so_that_nobody_else_is_told() -> None:
    guard = Detective()
    script = Script(openai_answer("the bluebird answers"))

    await ask(script, chat("fast", "a bluebird asks"), remote(guard), local=True)

    assert any("a [BLOCKLIST] asks" in text for text in guard.texts)
    assert any("the [BLOCKLIST] answers" in text for text in guard.texts)
    assert not any("bluebird" in text for text in guard.texts)


async def test_words_of_the_protocol_are_not_asked_about_and_unknown_fields_are() -> None:
    guard = Detective()

    await ask(
        Script(openai_answer()), chat("fast", "hi", brand_new={"deep": ["and this"]}), remote(guard, "flag", "request")
    )

    assert sorted(guard.texts) == ["and this", "hi"]


async def test_every_text_is_asked_about_once() -> None:
    guard = Detective()
    body = {"model": "fast", "messages": [{"role": "user", "content": "again"}] * 3}

    await ask(Script(openai_answer()), body, remote(guard, "flag", "request"))

    assert guard.texts == ["again"]


async def test_long_texts_are_asked_about_in_parts_and_findings_are_put_back() -> None:
    guard = Detective(capacity=Capacity(2, 300))
    text = "x" * 290 + " nightingale " + "y" * 400 + " nightingale"
    script = Script(openai_answer())

    _, _, notebook = await ask(script, chat("fast", text), remote(guard, "mask", "request"))

    assert read(script.sent[0].body)["messages"][0]["content"] == text.replace("nightingale", "[BIRD]")
    assert all(len(each) <= 300 for each in guard.texts)
    assert len(notebook.outcome.findings) == 2


async def test_all_questions_are_under_way_at_once() -> None:
    guard = Detective(capacity=Capacity(1, 20_000))
    guard.waits, guard.expects = asyncio.Event(), 5
    body = {"model": "fast", "messages": [{"role": "user", "content": f"text {n}"} for n in range(5)]}

    asking = asyncio.ensure_future(ask(Script(openai_answer()), body, remote(guard, "flag", "request")))
    async with asyncio.timeout(5):
        await guard.crowd.wait()
    guard.waits.set()

    assert (await asking)[0].status == 200


FAILURES: dict[str, Any] = {
    "unreachable": Problem(Kind.UNREACHABLE, "x", source="upstream"),
    "timeout": Problem(Kind.UPSTREAM_TIMEOUT, "x", source="upstream"),
    "bad_answer": BAD,
    "failed": RuntimeError("what was asked"),
    "status_500": NoVerdict("status_500"),
}
SAYS: dict[str, Any] = {
    "bad_answer": [[], [], []],
    "span_out_of_range": [[Finding(0, 99, "bird")]],
}


@pytest.mark.parametrize("mode", ["enforce", "shadow"])
@pytest.mark.parametrize("on_error", ["block", "allow"])
@pytest.mark.parametrize("reason", [*FAILURES, *(f"says {key}" for key in SAYS), "says backwards", "slow"])
async def test_without_a_verdict_exactly_what_was_stated_and_the_record_says_so(
    reason: str, on_error: OnError, mode: Mode
) -> None:
    guard, word = Detective(), reason.removeprefix("says ")
    if reason == "slow":
        guard.waits, word = asyncio.Event(), "timeout"
    elif reason == "says backwards":
        guard.says, word = [[Finding(1, 1, "bird")]], "span_out_of_range"
    elif reason.startswith("says "):
        guard.says = SAYS[word]
    else:
        guard.error = FAILURES[reason]
    script = Script(openai_answer())
    deadline = 0.05 if reason == "slow" else 5.0
    far = remote(guard, "flag", "request", on_error=on_error, mode=mode, deadline=deadline)

    reply, body, notebook = await ask(script, chat("fast", "hello"), far)

    blocks = on_error == "block" and mode == "enforce"
    assert reply.status == (400 if blocks else 200)
    assert len(script.sent) == (0 if blocks else 1)
    assert [(f.rule, f.label, f.place, f.action) for f in notebook.outcome.findings] == [
        ("far", f"guard_error:detective:{word}", "request", "error_blocked" if blocks else "error_allowed")
    ]
    if blocks:
        assert "rule 'far' could not decide" in read(body)["error"]["message"]
        assert notebook.outcome.end == "blocked"


async def test_an_answer_without_a_verdict_is_withheld() -> None:
    guard = Detective()
    guard.error = BAD

    reply, body, notebook = await ask(
        Script(openai_answer("secret words")), chat("fast"), remote(guard, "flag", "response")
    )

    assert reply.status == 400
    assert b"secret words" not in body
    assert notebook.outcome.findings[0].place == "response"


async def test_an_upstreams_error_is_asked_about_too() -> None:
    upstream = Answered(400, [b'{"error":{"message":"no nightingale here","type":"invalid_request_error"}}'])

    reply, body, _ = await ask(Script(upstream), chat("fast"), remote(Detective()))

    assert reply.status == 400
    assert "no [BIRD] here" in read(body)["error"]["message"]


async def test_after_failures_in_a_row_nobody_asks_and_the_stated_outcome_holds_at_once() -> None:
    guard = Detective()
    guard.error = BAD
    far = remote(guard, "flag", "request", on_error="allow", patience=Patience(2, 60))

    records = [await ask(Script(openai_answer()), chat("fast"), far) for _ in range(4)]

    assert len(guard.asked) == 2
    assert [notebook.outcome.findings[0].label.rpartition(":")[2] for _, _, notebook in records] == [
        "bad_answer",
        "bad_answer",
        "circuit_open",
        "circuit_open",
    ]


async def test_after_the_pause_one_may_ask_and_closes_the_circuit() -> None:
    guard = Detective()
    guard.error = BAD
    far = remote(guard, "flag", "request", on_error="allow", patience=Patience(1, 0.01))
    await ask(Script(openai_answer()), chat("fast"), far)
    guard.error = None
    await asyncio.sleep(0.02)

    _, _, notebook = await ask(Script(openai_answer()), chat("fast"), far)
    _, _, after = await ask(Script(openai_answer()), chat("fast"), far)

    assert notebook.outcome.findings == after.outcome.findings == ()


async def test_what_a_guard_calls_its_findings_is_made_fit_for_records() -> None:
    guard = Detective()
    guard.says = [[Finding(0, 2, "Évil Label\n<script>" + "x" * 90)]]
    script = Script(openai_answer())

    _, _, notebook = await ask(script, chat("fast", "hi there"), remote(guard, "mask", "request"))

    (found,) = notebook.outcome.findings
    assert len(found.label) <= 48
    assert found.label.startswith("vil_label_script_x")


async def test_a_verdict_on_all_of_a_tools_arguments_leaves_arguments() -> None:
    guard = Detective(flags=True)
    function = {"name": "look", "arguments": '{"for": "a nightingale"}'}
    call = {"id": "c1", "type": "function", "function": function}
    history = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "x"},
    ]
    script = Script(openai_answer())

    await ask(script, {"model": "fast", "messages": history}, remote(guard, "mask", "request"))

    arguments = read(script.sent[0].body)["messages"][0]["tool_calls"][0]["function"]["arguments"]
    assert read(arguments.encode()) == {"masked": "[BIRD]"}

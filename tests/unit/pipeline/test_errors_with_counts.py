"""I3: an upstream that says an error with a status of 200, and counts tokens beside it, is charged what it counted."""

from typing import Any

import msgspec
import pytest

from lockgate.core.problem import Kind, Problem
from tests.fakes import SSE, Answered, Script
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.limited import Shop, a_budget, a_limit

ERROR = {"error": {"message": "the model failed"}}
USAGE = {"usage": {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42}}
NANO = 1_000_000
"""Nanodollars of an output token of the cheap one."""


def asked(**more: Any) -> dict[str, Any]:
    return {"model": "cheap", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 50, **more}


def whole(*parts: dict[str, Any]) -> Answered:
    document: dict[str, Any] = {}
    for part in parts:
        document |= part
    return Answered(200, [msgspec.json.encode(document)])


def stream(*frames: dict[str, Any]) -> Answered:
    return Answered(200, [b"data: " + msgspec.json.encode(frame) + b"\n\n" for frame in frames], SSE)


CHUNK = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "hel"}}]}


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
@pytest.mark.parametrize("streamed", [False, True])
async def test_I3_the_counts_beside_an_error_are_charged(path: str, *, streamed: bool) -> None:
    shop = Shop(a_budget(1000), a_limit("tokens", 10**6))
    answer = stream(ERROR | USAGE) if streamed else whole(ERROR, USAGE)

    reply, _ = await shop.ask(Script(answer), asked(stream=streamed), path=path)

    outcome = shop.notebook.outcome
    assert reply.status == 502
    assert outcome.usage is not None
    assert (outcome.usage.input, outcome.usage.output, outcome.estimated) == (30, 12, False)
    assert outcome.cost_usd == "0.012"
    assert shop.charged() == 12 * NANO + 42
    assert shop.held == 0


async def test_I3_those_of_an_attempt_before_the_answer_are_charged_besides_and_were_reserved() -> None:
    shop = Shop(a_budget(1000))

    reply, _ = await shop.ask(Script(whole(ERROR, USAGE), openai_answer("hello")), asked(model="twice"))

    outcome = shop.notebook.outcome
    assert reply.status == 200
    assert [attempt.error for attempt in outcome.attempts] == ["upstream_error", ""]
    assert [record.kind for record in shop.notebook.records] == ["intent", "further", "outcome"]
    assert outcome.usage is not None
    assert (outcome.usage.output, outcome.estimated) == (12 + 7, False)
    assert shop.charged() == (12 + 7) * NANO


async def test_I3_where_there_is_no_room_for_both_the_second_is_not_asked() -> None:
    shop = Shop(a_budget(0.07))  # 50 tokens of an answer, and not 100
    script = Script(whole(ERROR, USAGE), openai_answer("hello"))

    reply, _ = await shop.ask(script, asked(model="twice"))

    assert (reply.status, len(script.sent)) == (502, 1)
    assert shop.charged() == 12 * NANO


async def test_I3_without_limits_they_are_in_the_record_too() -> None:
    shop = Shop()
    await shop.ask(Script(whole(ERROR, USAGE)), asked())

    assert shop.notebook.outcome.cost_usd == "0.012"


@pytest.mark.parametrize("model", ["cheap", "guarded"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_I3_an_error_in_the_middle_of_a_stream_is_charged_what_it_counts(path: str, model: str) -> None:
    shop = Shop(a_budget(1000))
    body = asked(stream=True, model=model)
    await shop.ask(Script(stream(CHUNK, ERROR | USAGE)), body, path=path)

    outcome = shop.notebook.outcome
    assert outcome.usage is not None
    assert (outcome.usage.input, outcome.usage.output, outcome.end) == (30, 12, "upstream_error")
    assert shop.charged() == 12 * NANO


@pytest.mark.parametrize("answer", [whole(ERROR), whole(ERROR, {"usage": {}}), whole(ERROR, {"usage": None})])
async def test_an_error_without_counts_costs_nothing(answer: Answered) -> None:
    shop = Shop(a_budget(1000))
    await shop.ask(Script(answer), asked())

    assert (shop.notebook.outcome.cost_usd, shop.charged()) == (None, 0)


async def test_what_was_refused_before_it_was_an_answer_costs_nothing_whatever_it_counts() -> None:
    shop = Shop(a_budget(1000))
    refused = Answered(500, [msgspec.json.encode(ERROR | USAGE)])
    away = Problem(Kind.UNREACHABLE, "no", source="upstream")
    await shop.ask(Script(refused, away), asked(model="twice"))

    assert shop.charged() == 0

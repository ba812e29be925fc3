"""What follows a failed attempt: another one, where, and after how long."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lockgate.core.problem import Kind
from lockgate.core.retry import ONCE, RETRY, Retry
from lockgate.pipeline.again import pause
from lockgate.pipeline.attempt import Failed
from lockgate.pipeline.retry_budget import RetryBudget
from tests.fakes import JSON, SSE, Answered
from tests.unit.pipeline.gateway import OPENAI, openai_answer, told
from tests.unit.pipeline.persistent import FILTERED, LONG, REFUSED, SLOW, ask, written


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
async def test_the_same_upstream_is_asked_again_after_a_jittered_pause(status: int) -> None:
    reply, _, notebook, script, rest = await ask(Answered(status), openai_answer())

    assert reply.status == 200
    assert rest.slept == [0.25]
    assert [attempt.status for attempt in notebook.outcome.attempts] == [status, 200]
    assert script.bodies[0].closed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 501])
async def test_what_would_be_said_again_is_not_asked_again(status: int) -> None:
    _, _, notebook, _, rest = await ask(Answered(status, [b'{"error": {"message": "no"}}']))

    assert not rest.slept
    assert len(notebook.outcome.attempts) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (((b"retry-after", b"3"),), 3),
        (((b"retry-after-ms", b"300"),), 0.3),
        (((b"retry-after", b"Thu, 01 Jan 2026 00:00:07 GMT"),), 7),
        (((b"retry-after", b"-1"),), 0.25),
        (((b"retry-after", b"soon, I promise"),), 0.25),
    ],
    ids=["seconds", "milliseconds", "date", "negative", "garbage"],
)
async def test_U6_an_upstream_says_when_to_come_again(headers: tuple[tuple[bytes, bytes], ...], seconds: float) -> None:
    reply, _, _, _, rest = await ask(Answered(429, headers=JSON + headers), openai_answer())

    assert reply.status == 200
    assert rest.slept == [seconds]


@pytest.mark.parametrize("value", [b"11", b"1000000000"], ids=["11", "1e9"])
async def test_U6_nobody_is_kept_waiting_for_long_and_the_client_is_told(value: bytes) -> None:
    limited = Answered(429, [b'{"error": {"message": "slow"}}'], (*JSON, (b"retry-after", value)))

    reply, body, _, _, rest = await ask(limited)

    assert (reply.status, told(reply, b"retry-after")) == (429, value)
    assert b"slow" in body
    assert not rest.slept


@given(st.floats(0, 1e12), st.integers(1, 20), st.floats(0, 1, exclude_max=True))
def test_U6_no_pause_is_longer_than_a_minute(wanted: float, number: int, chance: float) -> None:
    assert 0 <= pause(Failed(OPENAI, SLOW, retry_after=wanted), number, chance) <= 60
    assert 0 <= pause(Failed(OPENAI, SLOW), number, chance) <= min(8, 0.5 * 2 ** (number - 1))


async def test_every_target_is_tried_before_one_is_tried_twice() -> None:
    reply, _, notebook, _, rest = await ask(Answered(503), Answered(529), openai_answer(), targets=2)

    assert reply.status == 200
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["oai", "ant", "oai"]
    assert len(rest.slept) == 1


async def test_attempts_are_as_many_as_the_model_has() -> None:
    _, _, notebook, _, rest = await ask(*[Answered(500, [b"{}"])] * 4, retry=Retry(attempts=4))

    assert len(notebook.outcome.attempts) == 4
    assert rest.slept == [0.25, 0.5, 1.0]


async def test_S80_without_a_budget_there_is_one_attempt() -> None:
    reply, _, notebook, _, _ = await ask(Answered(500, [b"{}"]), budget=RetryBudget(0))

    assert reply.status == 500
    assert len(notebook.outcome.attempts) == 1


@pytest.mark.parametrize("kind", [Kind.UNREACHABLE, Kind.UPSTREAM_TIMEOUT])
async def test_S80_what_may_have_been_acted_on_is_not_repeated(kind: Kind) -> None:
    reply, _, notebook, _, _ = await ask(written(kind))

    assert reply.status == kind.status
    assert len(notebook.outcome.attempts) == 1


@pytest.mark.parametrize("kind", [Kind.UNREACHABLE, Kind.UPSTREAM_TIMEOUT])
async def test_S80_unless_the_upstream_knows_it_again_by_a_key(kind: Kind) -> None:
    reply, _, _, script, _ = await ask(written(kind), openai_answer(), headers=((b"idempotency-key", b"k1"),))

    assert reply.status == 200
    assert [dict(sent.headers)[b"idempotency-key"] for sent in script.sent] == [b"k1", b"k1"]


async def test_U1_what_was_never_sent_is_sent_again() -> None:
    reply, *_ = await ask(REFUSED, openai_answer())

    assert reply.status == 200


@pytest.mark.parametrize("kind", [Kind.UNREACHABLE, Kind.UPSTREAM_TIMEOUT])
async def test_U3_another_provider_is_asked_though_the_first_may_have_answered(kind: Kind) -> None:
    reply, _, notebook, _, _ = await ask(written(kind), Answered(400, [b"{}"]), targets=2)

    assert reply.status == 400
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["oai", "ant"]


@pytest.mark.parametrize(
    ("servers", "attempts"), [([{"type": "url", "url": "https://x", "name": "x"}], 1), ([], 2)], ids=["some", "none"]
)
async def test_S80_but_not_for_a_request_that_makes_a_provider_act(servers: list[Any], attempts: int) -> None:
    *_, notebook, _, _ = await ask(
        written(Kind.UPSTREAM_TIMEOUT),
        Answered(400, [b"{}"]),
        targets=2,
        path="/v1/messages",
        max_tokens=9,
        mcp_servers=servers,
        retry=Retry(attempts=1),
    )

    assert len(notebook.outcome.attempts) == attempts


async def test_criteria_are_the_models_own() -> None:
    never = Retry(statuses=frozenset({503}), faults=frozenset())

    assert len((await ask(Answered(500, [b"{}"]), targets=2, retry=never))[2].outcome.attempts) == 1
    assert len((await ask(REFUSED, targets=2, retry=never))[2].outcome.attempts) == 1
    assert (await ask(Answered(503), openai_answer(), retry=never))[0].status == 200


@pytest.mark.parametrize(
    ("answer", "word"), [(LONG, "context_length"), (FILTERED, "content_filter")], ids=["length", "filter"]
)
async def test_a_refusal_that_another_model_may_not_share(answer: Answered, word: Any) -> None:
    asks = Retry(refusals=frozenset({word}))
    elsewhere = await ask(answer, Answered(404, [b"{}"]), targets=2, retry=asks)
    stays = await ask(answer, targets=2)
    alone = await ask(answer, retry=asks)

    assert [attempt.status for attempt in elsewhere[2].outcome.attempts] == [400, 404]
    assert stays[0].status == alone[0].status == 400
    assert stays[1] == alone[1] == answer.chunks[0]


SERVER = {"type": "url", "url": "https://x", "name": "x"}
NOTHING_OF_A_STREAM = {"empty": [], "blank": [b"\n"], "end-only": [b"data: [DONE]\n\n"]}


@pytest.mark.parametrize("chunks", NOTHING_OF_A_STREAM.values(), ids=NOTHING_OF_A_STREAM)
async def test_S80_a_stream_without_an_answer_may_have_been_acted_on(chunks: list[bytes]) -> None:
    asked: dict[str, Any] = {"path": "/v1/messages", "max_tokens": 9, "stream": True}
    for servers, attempts in ([], 2), ([SERVER], 1):
        *_, notebook, _, _ = await ask(
            Answered(200, chunks, SSE), Answered(400, [b"{}"]), targets=2, retry=ONCE, mcp_servers=servers, **asked
        )

        assert len(notebook.outcome.attempts) == attempts


@pytest.mark.parametrize("targets", [1, 2])
async def test_S80_an_error_with_200_in_place_of_a_whole_answer_may_have_been_acted_on(targets: int) -> None:
    failed = Answered(200, [b'{"type":"error","error":{"type":"api_error","message":"no"}}'])
    for servers, attempts in ([], 2), ([SERVER], 1):
        *_, notebook, _, _ = await ask(
            failed, failed, targets=targets, path="/v1/messages", max_tokens=9, mcp_servers=servers,
            retry=replace(RETRY, attempts=3 - targets),
        )  # fmt: skip

        assert len(notebook.outcome.attempts) == attempts

"""A second attempt beside one that is late: the first answer wins, the other one is cancelled, and both are paid for."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import ONCE, Hedge, Retry
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.pace import LEAST, Paces
from lockgate.pipeline.retry_budget import RetryBudget, target
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Coming, Notebook, inbound
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

REFUSED = Problem(Kind.UNREACHABLE, "refused", source="upstream")
SECOND = replace(OPENAI, name="second")


class Race:
    """A transport whose answers take their time; which were cancelled, and which bodies closed."""

    def __init__(self, *runs: tuple[float, Answered | BaseException]) -> None:
        self.runs = list(runs)
        self.cancelled: list[int] = []
        self.bodies: dict[int, Coming] = {}
        self.sent: list[Outbound] = []

    async def send(self, outbound: Outbound) -> Arrival:
        number = len(self.sent)
        self.sent.append(outbound)
        seconds, answer = self.runs[number]
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        if isinstance(answer, BaseException):
            raise answer
        self.bodies[number] = Coming(answer.chunks)
        return Arrival(answer.status, answer.headers, self.bodies[number])


def known(*upstreams: Any, seconds: float = 0.01, budget: int = 3) -> Effort:
    """A worker that has seen these often."""
    paces = Paces()
    for upstream in upstreams:
        for _ in range(LEAST):
            paces.note(target(upstream), seconds)
    return Effort(RetryBudget(budget), paces=paces)


async def ask(
    race: Race,
    effort: Effort,
    *upstreams: Any,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    path: str = "/v1/chat/completions",
    retry: Retry = ONCE,
    **more: Any,
) -> tuple[int, bytes, Notebook]:
    notebook = Notebook()
    made = gateway(race, notebook)  # type: ignore[arg-type]
    route = Route("fast", upstreams, hedge=Hedge(least=0.02), retry=retry)
    made = replace(made, policies=policies({"fast": route}, shop=Access(models=("fast",))), effort=effort)
    body = msgspec.json.encode(chat("fast", stream=True, **more))
    reply = await serve(made, inbound(path, body, KEY, *headers))
    return reply.status, await whole(reply), notebook


async def test_the_second_wins_and_the_first_is_cancelled_and_both_are_written_down() -> None:
    race = Race((5, openai_stream("slow")), (0, openai_stream("quick")))

    status, body, notebook = await ask(race, known(OPENAI), OPENAI, SECOND)

    assert (status, b"quick" in body, race.cancelled) == (200, True, [0])
    outcome = notebook.outcome
    assert [(each.upstream, each.status, each.error) for each in outcome.attempts] == [
        ("oai", 0, "cancelled"),
        ("second", 200, ""),
    ]
    assert outcome.upstream == "second"
    assert outcome.end == "complete"


async def test_the_first_may_still_win() -> None:
    race = Race((0.05, openai_stream("first")), (5, openai_stream("second")))

    _, body, notebook = await ask(race, known(OPENAI), OPENAI, SECOND)

    assert b"first" in body
    assert race.cancelled == [1]
    assert [(each.upstream, each.status) for each in notebook.outcome.attempts] == [("second", 0), ("oai", 200)]


async def test_another_dialect_may_win() -> None:
    _, body, notebook = await ask(Race((5, REFUSED), (0, claude_stream("quick"))), known(OPENAI), OPENAI, CLAUDE)

    assert b"quick" in body
    assert notebook.outcome.upstream == "ant"


async def test_the_same_target_is_asked_twice_where_there_is_no_other() -> None:
    race = Race((5, openai_stream("slow")), (0, openai_stream("quick")))

    assert b"quick" in (await ask(race, known(OPENAI), OPENAI))[1]


async def test_the_two_at_one_target_are_all_its_attempts() -> None:
    for attempts in (2, 3):
        race = Race((0.05, REFUSED), (0.06, REFUSED), (0, REFUSED), (0, openai_stream("a fourth")))
        effort = replace(known(OPENAI), random=lambda: 0.0)

        status, _, notebook = await ask(race, effort, OPENAI, retry=Retry(attempts=attempts))

        assert (status, len(race.sent), len(notebook.outcome.attempts)) == (502, attempts, attempts)


async def test_a_failure_is_no_win() -> None:
    race = Race((0.06, openai_stream("late")), (0, Answered(503, [b"{}"])))

    _, body, notebook = await ask(race, known(OPENAI), OPENAI, SECOND)

    assert b"late" in body
    assert race.bodies[1].closed
    assert [(each.upstream, each.status) for each in notebook.outcome.attempts] == [("second", 503), ("oai", 200)]


async def test_when_both_fail_the_third_is_asked() -> None:
    race = Race((0.05, REFUSED), (0, Answered(503, [b"{}"])), (0, openai_stream("third")))

    _, body, _ = await ask(race, known(OPENAI), OPENAI, SECOND, replace(OPENAI, name="third"))

    assert b"third" in body
    assert race.bodies[1].closed


@pytest.mark.parametrize("effort", [Effort(), known(OPENAI, budget=0), known(SECOND)], ids=["unknown", "poor", "other"])
async def test_nobody_is_asked_twice_without_need_or_means(effort: Effort) -> None:
    race = Race((0.06, openai_stream("only")))

    assert b"only" in (await ask(race, effort, OPENAI, SECOND))[1]
    assert len(race.sent) == 1


async def test_who_is_in_time_has_no_company() -> None:
    race = Race((0, openai_stream("only")))

    await ask(race, known(OPENAI), OPENAI, SECOND)

    assert len(race.sent) == 1


async def test_a_key_is_not_sent_twice_to_one_target_and_an_act_to_nobody() -> None:
    keyed = Race((0.06, openai_stream("only")))
    acting = Race((0.06, claude_stream("only")))

    await ask(keyed, known(OPENAI), OPENAI, headers=((b"idempotency-key", b"k"),))
    await ask(acting, known(CLAUDE), CLAUDE, OPENAI, path="/v1/messages", max_tokens=9, mcp_servers=[{"name": "x"}])

    assert (len(keyed.sent), len(acting.sent)) == (1, 1)


async def test_a_client_that_leaves_takes_both_along() -> None:
    race = Race((5, REFUSED), (5, REFUSED))
    asked = asyncio.ensure_future(ask(race, known(OPENAI), OPENAI, SECOND))
    await asyncio.sleep(0.06)

    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert sorted(race.cancelled) == [0, 1]


async def test_time_that_both_took_is_counted_once() -> None:
    _, _, notebook = await ask(Race((5, REFUSED), (0.03, openai_stream("quick"))), known(OPENAI), OPENAI, SECOND)

    assert 0 <= notebook.outcome.gateway_ms < notebook.outcome.duration_ms


@given(st.lists(st.floats(0.001, 10), min_size=LEAST, max_size=300), st.integers(50, 99))
def test_late_is_later_than_most(seconds: list[float], percentile: int) -> None:
    paces, here = Paces(), ("a", "b", 0)
    for each in seconds:
        paces.note(here, each)

    late = paces.late(here, percentile)

    assert late is not None
    last = seconds[-128:]
    assert sum(each <= late for each in last) >= len(last) * percentile / 100
    assert paces.late(("a", "c", 0), percentile) is None

"""What must not be lost on the way to another attempt: the attempt before, the rules, and everybody's budget."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Origin, Outbound, Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import Hedge, Retry
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.retry_budget import MOST, RetryBudget
from lockgate.pipeline.serve import serve
from tests.fakes import SSE, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, openai_stream, policies, rules, whole
from tests.unit.pipeline.persistent import ask, written
from tests.unit.pipeline.test_attempts import Told
from tests.unit.pipeline.test_hedge import REFUSED, SECOND, Race, known

FAILED = Answered(200, [b'data: {"error": {"message": "no bluebird here", "code": 500}}\n\n'], SSE)


class Stubborn(Race):
    """Who is cancelled takes a moment to go."""

    async def send(self, outbound: Outbound) -> Any:
        try:
            return await super().send(outbound)
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)
            raise


@pytest.mark.parametrize(
    ("race", "seconds"),
    [
        (Stubborn((5, REFUSED), (0, openai_stream("quick"))), 0.05),
        (Race((0.04, Answered(503, [b"{}"])), (5, REFUSED)), 0.08),
    ],
    ids=["the winner is there", "one has failed"],
)
async def test_I10_a_client_that_leaves_a_race_takes_all_of_it_along(race: Race, seconds: float) -> None:
    health, notebook = Told(), Notebook()
    made = replace(
        gateway(race, notebook),  # type: ignore[arg-type]
        policies=policies(
            {"fast": Route("fast", (OPENAI, SECOND), hedge=Hedge(least=0.02))}, shop=Access(models=("fast",))
        ),
        effort=known(OPENAI),
        health=health,
    )
    body = msgspec.json.encode(chat("fast", stream=True))
    asked = asyncio.ensure_future(serve(made, inbound("/v1/chat/completions", body, KEY)))
    await asyncio.sleep(seconds)
    assert race.bodies

    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert health.running == []
    assert all(body.closed for body in race.bodies.values())
    assert notebook.outcome.end == "client_gone"


@pytest.mark.parametrize(("total", "kind"), [(0.02, "cancelled"), (60.0, "timeout")])
async def test_a_stream_that_flowed_for_all_the_time_it_has_is_no_failure_of_the_upstream(
    total: float, kind: str
) -> None:
    """Else who reads slowly enough, a few times at once, has it left alone by everybody."""
    health = Told()
    upstream = replace(OPENAI, timeouts=Timeouts(total=total))
    slow = Problem(Kind.UPSTREAM_TIMEOUT, "not complete in the time it has in all", source="upstream")
    script = Script(Answered(200, [*openai_stream("hi", end=False).chunks, slow], SSE))
    made = replace(
        gateway(script, Notebook()),
        policies=policies({"fast": Route("fast", (upstream,))}, shop=Access(models=("fast",))),
        health=health,
    )
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=True)), KEY))
    assert not isinstance(reply.body, bytes)
    await anext(reply.body)
    await asyncio.sleep(0.03)

    assert b"timeout" in await whole(reply)

    assert health.kinds == [("oai", kind)]
    assert health.running == []


async def test_S80_a_hasty_client_spends_nobody_elses_budget() -> None:
    """It leaves no time for a second attempt, so there is none to pay for, and what it did not wait for is no failure."""

    class Late(Script):
        async def send(self, outbound: Outbound) -> Any:
            await asyncio.sleep(outbound.timeouts.total)
            raise written(Kind.UPSTREAM_TIMEOUT)

    budget = RetryBudget()
    routes = {"fast": Route("fast", (OPENAI, SECOND))}
    made = replace(
        gateway(Late(), Notebook()),
        policies=policies(routes, shop=Access(models=("fast",))),
        effort=Effort(budget),
    )
    body = msgspec.json.encode(chat("fast"))
    for _ in range(10):
        reply = await serve(made, inbound("/v1/chat/completions", body, KEY, (b"x-request-timeout", b"0.001")))
        assert reply.status == 504

    assert budget.again("fast")
    assert budget.again("fast")
    assert not budget._failures


def test_S80_credit_has_a_bound() -> None:
    budget = RetryBudget(0)
    for _ in range(1000):
        budget.elsewhere("fast", ("second", "", 0))
    for _ in range(int((MOST + 1) / 0.2) + 1):
        budget.asked("fast")

    assert budget.again("fast")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_the_first_words_of_a_stream_that_fails_are_looked_at(stream: bool) -> None:
    made = gateway(Script(FAILED if stream else Answered(500, [b'{"error": {"message": "no bluebird"}}'])), Notebook())
    body = msgspec.json.encode(chat("guarded", stream=stream))
    made = replace(
        made,
        policies=policies(
            {"guarded": Route("guarded", (OPENAI,), rules("mask", "request"), rules("mask", "response"))},
            shop=Access(models=("guarded",)),
        ),
        effort=Effort(RetryBudget(0)),
    )

    reply = await serve(made, inbound("/v1/chat/completions", body, KEY))

    told = await whole(reply)
    assert b"bluebird" not in told
    assert b"no" in told


class Knowing:
    """An egress that knows one secret."""

    def find(self, data: bytes, home: Origin | None = None) -> str:
        return "a key" if b"bluebird" in data else ""

    def reading(self) -> Any:
        raise AssertionError("no stream begins")


async def test_I7_the_words_of_a_failure_behind_pings_are_looked_at() -> None:
    race = Race((0.05, FAILED))
    made = replace(
        gateway(race, Notebook()),  # type: ignore[arg-type]
        policies=policies({"fast": Route("fast", (OPENAI,), ping=0.01)}, shop=Access(models=("fast",))),
        effort=Effort(RetryBudget(0)),
        egress=Knowing(),
    )
    body = msgspec.json.encode(chat("fast", stream=True))

    told = await whole(await serve(made, inbound("/v1/chat/completions", body, KEY)))

    assert told.startswith(b":")
    assert b"bluebird" not in told
    assert b"secret_in_response" in told


SERVERS: Sequence[Any] = [{"type": "url", "url": "https://x", "name": "x"}]


@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("status", [408, 504])
async def test_S80_whoever_gave_up_waiting_in_between_may_have_had_it_acted_on(status: int, targets: int) -> None:
    *_, notebook, _, _ = await ask(
        Answered(status, [b"{}"]),
        Answered(400, [b"{}"]),
        targets=targets,
        path="/v1/messages",
        max_tokens=9,
        mcp_servers=SERVERS,
        retry=Retry(attempts=2),
    )

    assert len(notebook.outcome.attempts) == 1

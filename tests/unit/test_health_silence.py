"""U3: an upstream that hangs is left alone long before its time-out, and one that is only slow is not."""

import asyncio
from dataclasses import replace
from math import inf

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers import weighted
from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.health import Outcome
from lockgate.core.http import Arrival, Origin, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import RETRY, Retry
from lockgate.health import Enlisted, Shared, Table
from lockgate.health.silence import KEPT, KNOWN, LEAST, PROOF, TIMES
from lockgate.pipeline.serve import Gateway, serve
from tests.balancing import Bench, Clock
from tests.fakes import Coming, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, openai_answer, policies, whole


def quick(bench: Bench, at: int = 1, seconds: float = 0.5, times: int = KNOWN) -> None:
    """Good answers, so that it is known how long they take."""
    table, target = bench.tables[0], bench.targets[at]
    for _ in range(times):
        table.began(target)
        table.answered(target, seconds)
        table.ended(target, Outcome("ok", total_s=seconds), answered=True)


def hang(bench: Bench, times: int = 5, *, others: int = PROOF) -> None:
    """`others`: so many requests are answered elsewhere from then on."""
    for _ in range(times):
        bench.tables[0].began(bench.targets[0])
    quick(bench, 1, 0.01, others)


def test_U3_five_that_hear_nothing_for_long_are_enough_to_leave_it_alone() -> None:
    bench = Bench()
    quick(bench)
    hang(bench)
    bench.clock.now += TIMES * 0.5
    assert bench.plan() == [0, 1, 2]

    bench.clock.now += 0.01

    assert bench.plan() == [1, 2]
    assert bench.tables[0].ejections == {("u0/m", "silence"): 1}
    assert [shown.word for shown in bench.tables[0].shown()] == ["silent", "well", "well"]


def test_U3_four_are_not_and_neither_is_a_second() -> None:
    bench = Bench()
    quick(bench, seconds=0.01)
    hang(bench, 4)
    bench.clock.now += 60
    assert bench.plan() == [0, 1, 2]

    hang(bench, 1)
    bench.clock.now += LEAST

    assert bench.plan() == [0, 1, 2]


def test_five_slow_requests_at_once_are_no_silence_while_hardly_anything_else_is_asked() -> None:
    bench = Bench()
    quick(bench, 0, 0.05)
    hang(bench, others=PROOF - 1)
    bench.clock.now += 30
    assert (bench.plan(), bench.tables[0].ejections) == ([0, 1, 2], {})
    quick(bench, 2, 0.05, times=1)
    assert bench.plan() == [1, 2], "so many others were quick meanwhile that these cannot all be slow"


def test_one_that_nobody_can_be_compared_with_is_not_called_silent() -> None:
    bench = Bench(pools=[[0], [1, 2]])
    quick(bench, 0)
    hang(bench, others=3 * PROOF)
    bench.clock.now += 30
    assert bench.tables[0].snapshot(bench.clock.now).calm


def test_where_nobody_knows_what_is_slow_nobody_is_called_silent() -> None:
    bench = Bench()
    quick(bench, times=KNOWN - 1)
    hang(bench, 50, others=0)
    bench.clock.now += 100

    assert bench.plan() == [0, 1, 2]
    assert bench.tables[0].patience(bench.targets[0]) == inf


def test_the_slowest_of_the_last_answers_of_all_that_serve_the_model_says_what_is_slow() -> None:
    bench = Bench()
    quick(bench, 0, 0.2)
    quick(bench, 2, 40.0, times=1)
    assert bench.tables[0].patience(bench.targets[0]) == LEAST, "one answer says nothing"

    quick(bench, 2, 0.2)

    assert bench.tables[0].patience(bench.targets[0]) == TIMES * 40
    quick(bench, 2, 0.2, times=2 * KEPT)
    assert bench.tables[0].patience(bench.targets[0]) == LEAST, "it is long ago"


@pytest.mark.parametrize("answers", [0.3, None], ids=["a good one", "an error"])
def test_an_answer_of_any_kind_ends_it(answers: float | None) -> None:
    bench = Bench()
    quick(bench)
    hang(bench, 6)
    bench.clock.now += 5
    assert bench.plan() == [1, 2]

    bench.tables[0].answered(bench.targets[0], answers)

    assert bench.plan() == [0, 1, 2]
    assert bench.tables[0].snapshot(bench.clock.now).calm


def test_when_too_few_wait_for_it_any_more_nobody_says_that_it_is_silent() -> None:
    """Their clients left. It says nothing of the upstream, and the next ones may find out."""
    bench = Bench()
    quick(bench)
    hang(bench)
    bench.clock.now += 5
    assert bench.plan() == [1, 2]

    bench.tables[0].ended(bench.targets[0], Outcome("cancelled", total_s=5.0), answered=False)

    assert bench.plan() == [0, 1, 2]


def test_one_request_in_an_interval_tries_it() -> None:
    bench = Bench(workers=2)
    quick(bench)
    hang(bench)
    bench.clock.now += 5
    assert bench.plan() == [1, 2]

    bench.clock.now += 10

    assert [bench.plan() for _ in range(3)] == [[0, 1, 2], [1, 2], [1, 2]]
    assert bench.plan(1) == [0, 1, 2], "another worker goes by what it sees"


@given(st.lists(st.sampled_from(["began", "answered", "bad", "left", "timeout"]), max_size=60), st.floats(0.1, 9))
def test_I10_whatever_happens_one_that_answered_all_is_not_silent(story: list[str], step: float) -> None:
    bench, waiting = Bench(), 0
    quick(bench)
    table, target = bench.tables[0], bench.targets[0]
    for event in story:
        bench.clock.now += step
        table.snapshot(bench.clock.now)
        if event == "began":
            waiting += 1
            table.began(target)
        elif waiting:
            waiting -= 1
            if event in ("answered", "bad"):
                table.answered(target, 0.1 if event == "answered" else None)
            kind = "cancelled" if event == "left" else "timeout" if event == "timeout" else "ok"
            table.ended(target, Outcome(kind, total_s=1.0), answered=event in ("answered", "bad"))
    for _ in range(waiting):
        table.answered(target, 0.1)
        table.ended(target, Outcome("ok", total_s=1.0), answered=True)
    assert not table.shown()[0].state.silent
    assert not table.snapshot(bench.clock.now).bad or table.shown()[0].state.tripped


class Hangs:
    """A transport to three hosts, of which the first says nothing once it is told to; it notes how long it was to be waited for."""

    def __init__(self) -> None:
        self.hangs, self.waited = False, list[float]()
        self.asked, self.never = asyncio.Event(), asyncio.Event()

    async def send(self, outbound: Outbound) -> Arrival:
        if self.hangs and outbound.origin.host == "u0":
            self.waited.append(outbound.timeouts.first_byte)
            self.asked.set()
            if outbound.timeouts.first_byte < 100:
                raise Problem(Kind.UPSTREAM_TIMEOUT, "no answer in time", source="upstream")
            await self.never.wait()
        answer = openai_answer()
        return Arrival(answer.status, answer.headers, Coming(answer.chunks))


def three(transport: Hangs, clock: Clock, retry: Retry = RETRY) -> Gateway:
    table = Table(Shared(16), clock=clock)
    table.enlist([Enlisted(f"u{at}", at + 1, f"u{at}") for at in range(3)], [range(3)])
    targets = [replace(OPENAI, name=f"u{at}", origin=Origin("https", f"u{at}", 443), place=at) for at in range(3)]
    route = Route("m", tuple(targets), balancer=weighted.plugin().build(), retry=retry)
    made = gateway(Script(), Notebook())
    allowed = policies({"m": route}, shop=Access(models=("m",)))
    return replace(made, policies=allowed, transport=transport, health=table, now=clock)


async def test_U3_of_a_target_that_hangs_few_clients_hear_and_who_tries_it_again_does_not_wait_for_long() -> None:
    clock, transport = Clock(), Hangs()
    made, body = three(transport, clock), msgspec.json.encode(chat("m"))

    async def ask() -> int:
        reply = await serve(made, inbound("/v1/chat/completions", body, KEY))
        await whole(reply)
        return reply.status

    for _ in range(3 * KNOWN):
        assert await ask() == 200
    transport.hangs = True
    asked = []
    for _ in range(600):
        asked.append(asyncio.ensure_future(ask()))
        await asyncio.sleep(0)
        clock.now += 0.1
    answered = [each for each in asked if each.done()]

    assert {each.result() for each in answered} == {200}
    assert len(asked) - len(answered) == transport.waited.count(120.0) <= 5 + PROOF // 2, (
        "five, and as many as fell to it until the two others had answered often enough"
    )
    assert transport.waited.count(LEAST) == 5, "one in ten seconds, and then its breaker is open"
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_who_may_not_be_asked_again_waits_at_the_one_that_it_tries() -> None:
    """Without `timeout` among what goes on to the next, a short wait would be a failure that no time-out asked for."""
    clock, transport = Clock(), Hangs()
    made, body = three(transport, clock, Retry(faults=frozenset(("connect",)))), msgspec.json.encode(chat("m"))
    for _ in range(3 * KNOWN):
        await whole(await serve(made, inbound("/v1/chat/completions", body, KEY)))
    for _ in range(5):
        made.health.began(replace(OPENAI, place=0))
    clock.now += 5
    made.health.snapshot(clock.now)
    clock.now += 10
    transport.hangs = True

    asking = asyncio.ensure_future(serve(made, inbound("/v1/chat/completions", body, KEY)))
    await transport.asked.wait()

    assert transport.waited == [120.0]
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

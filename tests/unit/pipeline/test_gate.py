"""Who is at work, who waits and who is refused: whatever happens in whichever order, nothing is lost and nobody is overtaken."""

import asyncio
from types import MappingProxyType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.auth import Caller
from lockgate.core.gradient import Gradient
from lockgate.core.problem import Problem
from lockgate.core.rank import RANKS, Rank
from lockgate.core.room import BURST, FIRST, LEAST
from lockgate.pipeline.gate import PATIENCE, Gate
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.outside import outside
from lockgate.pipeline.rests import REFUSALS, SOONEST

CALLERS = {word: Caller("k", "t", metadata=MappingProxyType({"priority": word})) for word in RANKS}
STEP = st.one_of(
    st.tuples(st.just("come"), st.integers(0, 2)),
    st.tuples(st.just("go"), st.integers(0, 20)),
    st.tuples(st.just("leave while waiting"), st.integers(0, 20)),
    st.tuples(st.sampled_from(("leave as the turn comes", "leave before the turn comes")), st.integers(0, 20)),
    st.tuples(st.just("memory"), st.sampled_from((0, 0, 0, 1, 2, 3))),
    st.tuples(st.just("outside"), st.integers(0, 20)),
)


class Request:
    """One on its way through a gate."""

    def __init__(self, gate: Gate, word: str) -> None:
        self.gate, self.word, self.rank = gate, word, RANKS[word]
        self.ledger = Ledger("id", 0.0, 0.0)
        self.refused: Problem | None = None
        self.task = asyncio.get_running_loop().create_task(self._enter())

    async def _enter(self) -> None:
        try:
            if not self.gate.entered(self.ledger):
                await self.gate.wait(CALLERS[self.word], self.ledger)
        except Problem as problem:
            self.refused = problem

    @property
    def inside(self) -> bool:
        return self.task.done() and not self.task.cancelled() and self.refused is None and self.ledger.gate is not None

    @property
    def waits(self) -> bool:
        return not self.task.done()


async def settled() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def crossing(going: Request, waiting: list[Request], *, before: bool) -> None:
    """A place becomes free, and the clients whose turn it may be leave; before anybody could run."""
    if not before:
        going.gate.leave(going.ledger)
    for each in waiting:
        if each.rank == max(r.rank for r in waiting):
            each.task.cancel()
    if before:
        going.gate.leave(going.ledger)


def well(gate: Gate, requests: list[Request], refused: list[Request], room: int) -> None:
    inside, waiting = [r for r in requests if r.inside], [r for r in requests if r.waits]
    assert gate.inside == len(inside)
    assert gate.waiting == len(waiting) <= room
    assert not waiting or gate.inside >= gate.limit, "a place is free and somebody waits"
    assert not any(w.rank < r.rank for r in refused for w in waiting)
    assert not any(w.rank < gate.least for w in waiting)


async def story(limit: int, room: int, steps: list[tuple[str, int]]) -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=limit), room)
    requests: list[Request] = []
    for what, number in steps:
        inside, waiting = [r for r in requests if r.inside], [r for r in requests if r.waits]
        before = [r for r in requests if r.refused]
        if what == "come":
            requests.append(Request(gate, Rank(number).word))
        elif what == "memory":
            gate.serve_only(number)
        elif what == "leave while waiting" and waiting:
            waiting[number % len(waiting)].task.cancel()
        elif what == "go" and inside:
            gate.leave(inside[number % len(inside)].ledger, whole=bool(number % 2))
        elif what.endswith("the turn comes") and inside:
            crossing(inside[number % len(inside)], waiting, before="before" in what)
        elif what == "outside" and inside:
            await outside(inside[number % len(inside)].ledger, asyncio.sleep(0))
        await settled()
        well(gate, requests, [r for r in requests if r.refused and r not in before], room)
    await emptied(gate, requests)


async def emptied(gate: Gate, requests: list[Request]) -> None:
    for each in requests:
        each.task.cancel() if each.waits else gate.leave(each.ledger)
        await settled()
    for each in requests:
        gate.leave(each.ledger)
    assert (gate.inside, gate.waiting) == (0, 0)


@settings(max_examples=150)
@given(st.integers(1, 4), st.integers(0, 4), st.lists(STEP, max_size=40))
def test_I10_places_come_back_and_nobody_is_refused_before_a_lower_class(
    limit: int, room: int, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(story(limit, room, steps))


@given(st.integers(1, 4), st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_admission_never_goes_above_the_limit(limit: int, ranks: list[int]) -> None:
    async def crowd() -> None:
        gate = Gate(asyncio.get_running_loop(), Gradient(limit=limit), 100)
        requests = [Request(gate, Rank(rank).word) for rank in ranks]
        most = 0
        while any(r.waits or r.inside for r in requests):
            await settled()
            inside = [r for r in requests if r.inside]
            most = max(most, gate.inside)
            order = [r.rank for r in requests if r.waits]
            assert len(inside) == gate.inside <= limit
            gate.leave(inside[0].ledger)
            await settled()
            left = [r.rank for r in requests if r.waits]
            assert not order or sorted(order)[:-1] == sorted(left)  # one of the highest went in
        assert most == min(limit, len(ranks))

    asyncio.run(crowd())


async def test_who_waits_too_long_is_refused_and_those_below_with_it() -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(loop, Gradient(limit=1), 500)
    began = loop.time()
    holder, first = Request(gate, "paid"), Request(gate, "paid")
    await asyncio.sleep(PATIENCE / 2)
    second, low = Request(gate, "paid"), Request(gate, "free")

    await asyncio.wait([first.task, low.task])
    assert loop.time() - began >= PATIENCE - 0.01
    assert [str(r.refused) for r in (first, low)] == ["this request waited too long for its turn"] * 2
    assert second.waits

    gate.leave(holder.ledger)
    await settled()
    assert (second.inside, gate.refusals) == (True, {("paid", "waited"): 1, ("free", "waited"): 1})
    gate.leave(second.ledger)
    assert (gate.inside, gate.waiting) == (0, 0)


class Still:
    """The loop, in which no time passes but what is added to `now`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


async def test_the_line_is_as_long_as_what_gets_its_turn_in_time() -> None:
    loop = Still()
    gate = Gate(cast("asyncio.AbstractEventLoop", loop), Gradient(limit=64), clock=loop.time)
    most = int(FIRST * BURST)
    burst = [Request(gate, "paid") for _ in range(64 + most + 5)]
    await settled()
    assert (gate.waiting, gate.refusals) == (most, {("paid", "full"): 5})  # at once

    for _ in range(25):  # some 200 a second, twenty of which get their turn in time
        loop.now += 0.051
        for each in [r for r in burst if r.inside][:10]:
            gate.leave(each.ledger, whole=True)
        await settled()
        burst += [Request(gate, "paid") for _ in range(10)]
        await settled()
    burst += [Request(gate, "paid") for _ in range(800)]
    await settled()
    assert gate.waiting == LEAST
    await emptied(gate, burst)


async def test_a_storm_of_refusals_is_read_no_faster_than_it_can_be_answered() -> None:
    gate = Gate(cast("asyncio.AbstractEventLoop", Still()), Gradient(limit=1), 0)
    rate = int(REFUSALS * FIRST)
    requests = [Request(gate, "paid") for _ in range(rate * 5)]
    await settled()

    pauses = [r.ledger.shed.pause for r in requests if r.ledger.shed is not None]

    assert len(pauses) == len(requests) - 1
    assert pauses[:25] == [0.0] * 25  # a few at once are nothing
    assert all(
        0.0 < pause <= r.refused.retry_after
        for pause, r in zip(pauses[rate * 2 :], requests[rate * 2 + 1 :], strict=True)
        if r.refused and r.refused.retry_after
    )
    assert all(pause >= SOONEST for pause in pauses[rate * 2 :])


async def test_without_a_limit_nobody_waits_but_memory_still_refuses() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 0)
    gate.limited = False
    requests = [Request(gate, "free") for _ in range(9)]
    await settled()
    assert gate.inside == 9

    gate.serve_only(Rank.PAID)
    free, paid = Request(gate, "free"), Request(gate, "paid")
    await settled()

    assert (str(free.refused), paid.inside) == ("this gateway has no memory left for more requests", True)
    for each in (*requests, paid):
        gate.leave(each.ledger)
    assert gate.inside == 0


@pytest.mark.parametrize("word", ["", "Paid", "gold"])
async def test_a_class_that_is_none_is_the_default(word: str) -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 0)
    gate.serve_only(3)
    gate.default = Rank.CRITICAL
    with pytest.raises(Problem):
        await gate.wait(Caller("k", "t", metadata={"priority": word}), Ledger("id", 0.0, 0.0))

    assert gate.refusals == {("critical", "memory"): 1}

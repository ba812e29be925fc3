"""Two machines with one Redis: what one learned of an upstream, the other knows; and without Redis each knows what it saw."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from lockgate.core.store import StoreError
from lockgate.health import Neighbours
from lockgate.health.shared import Shared
from lockgate.limits.redis.notices import RedisNotices
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.balancing import Bench
from tests.redis_server import Server, server

BOARD, FIRST = "{lockgate}:notices", f"{1:016x}"


@dataclass
class Machine:
    bench: Bench
    neighbours: Neighbours

    @property
    def shared(self) -> Shared:
        return self.bench.tables[0]._shared

    async def hear(self) -> None:
        await self.neighbours.exchange()


@pytest.fixture
def running() -> Iterator[Server]:
    with server() as one:
        yield one


@asynccontextmanager
async def machines(running: Server, number: int = 2) -> AsyncIterator[list[Machine]]:
    """Clocks of their own, which agree on nothing."""
    made = []
    for which in range(number):
        bench = Bench(workers=2)
        bench.clock.now += 5000 * which
        board = RedisNotices(Connections(maker(running.url)), 5)
        shared = bench.tables[0]._shared
        made.append(Machine(bench, Neighbours(bench.tables[0], shared, board, clock=bench.clock)))
    try:
        yield made
    finally:
        for each in made:
            await each.neighbours.aclose()


async def test_U8_what_one_machine_took_out_no_worker_of_another_asks(running: Server) -> None:
    async with machines(running, 3) as (one, two, three):
        one.bench.attempt(0, "connect", worker=1, times=5)
        await one.hear()
        await two.hear()
        await three.hear()

        plans = [each.bench.plan(worker) for each in (two, three) for worker in range(2)]

        assert plans == [[1, 2]] * 4
        two.bench.clock.now += 31
        assert [two.bench.plan(0), two.bench.plan(1)] == [[0, 1, 2], [1, 2]]  # it tries for itself, once


async def test_U8_who_does_well_with_it_goes_on_until_it_fails_here_too(running: Server) -> None:
    async with machines(running) as (one, two):
        two.bench.attempt(0, "ok")
        one.bench.attempt(0, "timeout", times=5)
        await one.hear()
        await two.hear()
        assert two.bench.plan() == [0, 1, 2]

        two.bench.attempt(0, "timeout", worker=1)

        assert two.bench.plan() == [1, 2]


async def test_U6_a_credential_that_was_asked_too_often_cools_down_everywhere(running: Server) -> None:
    async with machines(running) as (one, two):
        one.bench.attempt(0, "rate_limited", retry_after_s=20)
        await one.hear()
        await two.hear()
        assert two.bench.plan(1) == [1, 2]

        two.bench.clock.now += 21

        assert two.bench.plan(1) == [0, 1, 2]


async def test_panic_the_last_one_is_asked_whatever_others_say(running: Server) -> None:
    async with machines(running) as (one, two):
        for at in range(3):
            one.bench.attempt(at, "connect", times=5)
        await one.hear()
        await two.hear()

        assert len(two.bench.plan()) == 1


async def test_what_is_left_of_limits_is_known_in_all_workers_of_all_machines(running: Server) -> None:
    async with machines(running) as (one, two):
        table = one.bench.tables[1]
        table.began(one.bench.targets[0])
        table.answered(one.bench.targets[0], 0.1, 0.25)
        await one.hear()
        await two.hear()

        now = two.bench.clock.now
        states = [each.snapshot(now).states[0] for each in two.bench.tables]
        assert [state.headroom for state in states] == [0.25] * 2
        assert [0 <= now - state.told < 5 for state in states] == [True] * 2
        assert one.bench.tables[0].snapshot(one.bench.clock.now).states[0].headroom == 0.25


async def test_what_did_not_change_is_not_told_again_and_nobody_echoes(running: Server) -> None:
    async with machines(running) as (one, two):
        one.bench.attempt(0, "connect", times=5)
        for each in (one, two, one):
            await each.hear()
        before = version(running)

        for each in (two, one, two, one):
            each.bench.clock.now += 1
            await each.hear()

        assert version(running) == before


async def test_R1_without_it_each_knows_what_it_saw_and_tells_it_when_it_is_back(running: Server) -> None:
    async with machines(running) as (one, two):
        one.bench.attempt(1, "rate_limited", retry_after_s=20)
        await one.hear()
        running.stop()
        one.bench.attempt(0, "connect", times=5)
        with pytest.raises(StoreError):
            await one.hear()
        assert one.bench.plan() == [2]
        assert two.bench.plan() == [0, 1, 2]

        running.start()
        await one.hear()
        await two.hear()

        assert two.bench.plan() == [2]


async def test_R5_a_memory_that_was_emptied_is_told_anew(running: Server) -> None:
    async with machines(running) as (one, two):
        one.bench.attempt(0, "connect", times=5)
        await one.hear()
        running.ask("FLUSHALL")
        await two.hear()
        assert two.bench.plan() == [0, 1, 2]

        await one.hear()  # it sees that nothing hangs there any more
        await one.hear()
        await two.hear()

        assert two.bench.plan() == [1, 2]


async def test_old_headroom_is_not_told_again_and_again(running: Server) -> None:
    async with machines(running, 1) as (one,):
        table = one.bench.tables[0]
        table.began(one.bench.targets[0])
        table.answered(one.bench.targets[0], 0.1, 0.25)
        for _ in range(2):
            await one.hear()
        running.ask("FLUSHALL")
        one.bench.clock.now += 61
        for _ in range(3):
            await one.hear()

        assert running.ask("EXISTS", BOARD) == b":0"


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "x",
        "1:2:3",
        "-1:1:1:1:1",
        "9" * 15 + ":1:1:1:1",
        "nan:inf:1:1:1",
        "1:1:1:1:1:1",
        "9" * 70 + ":1:1:1:1",
        "0:0:0:99999:9",
    ],
    ids=range(9),
)
async def test_what_makes_no_sense_changes_nothing(running: Server, rubbish: str) -> None:
    async with machines(running) as (one, two):
        running.ask("HSET", BOARD, FIRST, rubbish)
        running.ask("HSET", BOARD, "name of nobody", "9:9:9:9:9")
        one.bench.attempt(1, "connect", times=5)
        await one.hear()
        await two.hear()

        assert two.bench.plan() in ([0, 2], [2])
        state = two.bench.tables[0].snapshot(two.bench.clock.now).states[0]
        assert state.out_until <= two.bench.clock.now + 300
        assert 0 <= state.headroom <= 1


async def test_what_hangs_there_for_years_is_believed_by_nobody(running: Server) -> None:
    """Somebody wrote it, or the clock of Redis went back: else the upstream would be left alone anew with each notice."""
    far = int((time.time() + 1e8) * 1000)
    async with machines(running) as (one, two):
        running.ask("HSET", BOARD, FIRST, f"{far}:1:{far}:0:{far}")
        one.bench.attempt(1, "connect", times=5)
        await one.hear()
        await two.hear()

        assert two.bench.plan() == [0, 2]
        assert two.bench.tables[0].snapshot(two.bench.clock.now).states[0].headroom == 1.0
        one.bench.attempt(0, "rate_limited", retry_after_s=20)
        await one.hear()
        await two.hear()
        assert two.bench.plan() == [2]


async def test_a_notice_ends_by_itself(running: Server) -> None:
    async with machines(running) as (one, two):
        one.bench.attempt(0, "rate_limited", retry_after_s=0.6)
        await one.hear()
        assert 0 < int(running.ask("PTTL", BOARD)[1:]) <= 3_600_000
        running.ask("EVAL", "redis.call('HSET', KEYS[1], KEYS[2], '1:1:1:1000:1')", "2", BOARD, FIRST)
        one.bench.attempt(1, "rate_limited", retry_after_s=20)
        await one.hear()
        await two.hear()

        assert running.ask("HLEN", BOARD) == b":1"
        assert two.bench.plan() == [0, 2]


def version(running: Server) -> bytes:
    """Of the board: another one with each notice that was hung up."""
    return running.ask("EVAL", f"return redis.status_reply(redis.call('GET', '{BOARD}:version'))", "0")

"""R3 over a real network: a cable between an owner of limits and Redis that carries one way only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from lockgate.core.store import StoreError
from lockgate.limits.redis.store import LATE, RedisLimits, Who
from lockgate.redis_links.breaker import FAILURES
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.integration.redis_owner import claim, patiently, refused, spent
from tests.networks import BEYOND, THERE, apart, cable, heal, lose_answers, lose_questions
from tests.redis_server import Server, server

PORT = 6379
"""There is nobody else on that machine."""


class Owners:
    """One reaches Redis through the cable, and one past it; both go by the same clock. Redis is the process `pid`."""

    def __init__(self, running: Server) -> None:
        assert running.process
        self.pid = running.process.pid
        self.moment = 1_767_225_600_000_000
        self.far, self.near = (
            RedisLimits(Connections(maker(url)), Who(name, "gateway", now=lambda: self.moment), deadline)
            for name, url, deadline in (("far", f"redis://{THERE}:{PORT}", 0.1), ("near", running.url, 5))
        )

    def lose(self, what: str) -> None:
        if what == "answers":
            lose_answers(self.pid)
        else:
            lose_questions()


@asynccontextmanager
async def owners() -> AsyncIterator[Owners]:
    with server("--port", str(PORT), "--bind", "0.0.0.0", within=BEYOND) as running:
        both = Owners(running)
        cable(both.pid)
        try:
            await both.near.restore(())
            await both.near.beat()
            await patiently(both.far.beat)
            yield both
        finally:
            for each in (both.far, both.near):
                with suppress(StoreError):
                    await each.aclose()


@pytest.mark.parametrize(("lost", "held"), [("answers", 5), ("questions", 4)])
def test_R3_a_cable_that_carries_one_way_grants_nothing_twice(lost: str, held: int) -> None:
    """Four are held when it breaks. One more is asked for: Redis hears of it or does not, and the owner goes without."""

    async def work() -> None:
        async with owners() as both:
            far, near = both.far, both.near
            lease = (await patiently(lambda: far.reserve([claim(4)]))).lease
            assert lease

            both.lose(lost)
            took = [await refused(far) for _ in range(FAILURES + 50)]
            assert sorted(took[FAILURES:])[-3] < 0.02  # nobody waits for it any more
            assert await spent(near) == (0, held)
            assert (await near.reserve([claim(11 - held)])).lease is None

            both.moment += LATE
            await near.beat()
            assert await near.recover() == held - 3
            assert await spent(near) == (held, 0)
            assert (await near.reserve([claim(10 - held, at_once=True)])).lease

            heal(both.pid)
            far.settle(lease, [1])
            await patiently(far.flush)
            assert await spent(near) == (10, 0)
            assert (await patiently(lambda: far.reserve([claim(1)]))).lease is None

    apart(work)

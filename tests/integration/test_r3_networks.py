"""R3 over a real network: a cable between an owner of limits and Redis that carries one way only."""

from contextlib import suppress

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
    """One reaches Redis through the cable, and one past it; both go by the same clock."""

    def __init__(self, running: Server) -> None:
        self.moment = 1_767_225_600_000_000
        self.far, self.near = (
            RedisLimits(Connections(maker(url)), Who(name, "gateway", now=lambda: self.moment), deadline)
            for name, url, deadline in (("far", f"redis://{THERE}:{PORT}", 0.1), ("near", running.url, 5))
        )


@pytest.mark.parametrize(("lost", "held"), [("answers", 5), ("questions", 4)])
def test_R3_a_cable_that_carries_one_way_grants_nothing_twice(lost: str, held: int) -> None:
    """Four are held when it breaks. One more is asked for: Redis hears of it or does not, and the owner goes without."""

    async def work() -> None:
        with server("--port", str(PORT), "--bind", "0.0.0.0", within=BEYOND) as running:
            assert running.process
            cable(running.process.pid)
            both = Owners(running)
            far, near = both.far, both.near
            try:
                await near.restore(())
                await near.beat()
                await patiently(far.beat)
                lease = (await patiently(lambda: far.reserve([claim(4)]))).lease
                assert lease

                if lost == "answers":
                    lose_answers(running.process.pid)
                else:
                    lose_questions()
                took = [await refused(far) for _ in range(FAILURES + 50)]
                assert sorted(took[FAILURES:])[-3] < 0.02  # nobody waits for it any more
                assert await spent(near) == (0, held)
                assert (await near.reserve([claim(11 - held)])).lease is None

                both.moment += LATE
                await near.beat()
                assert await near.recover() == held - 3
                assert await spent(near) == (held, 0)
                assert (await near.reserve([claim(10 - held, at_once=True)])).lease

                heal(running.process.pid)
                far.settle(lease, [1])
                await patiently(far.flush)
                assert await spent(near) == (10, 0)
                assert (await patiently(lambda: far.reserve([claim(1)]))).lease is None
            finally:
                for each in (far, near):
                    with suppress(StoreError):
                        await each.aclose()

    apart(work)

"""What is not among the promises of every store: the clock of Redis. The faults are under tests/integration."""

import time

from tests.integration.redis_owner import ROLLING, begun, claim
from tests.redis_server import server


async def test_the_clock_of_redis_does_not_go_back() -> None:
    with server() as running:
        async with begun(running) as made:
            await made.reserve([claim(5, ROLLING, at_once=True)])
            ahead = int(time.time() * 1e6) + 3_600_000_000
            running.ask("HSET", "{lockgate}:memory", "latest", str(ahead))

            await made.reserve([claim(5, ROLLING, 2, at_once=True)])
            verdict = await made.reserve([claim(5, ROLLING, 2, at_once=True)])

            assert verdict.standings[0].used == 10
            assert 59_000_000 <= verdict.standings[0].reset <= 61_100_000

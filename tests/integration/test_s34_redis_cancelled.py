"""S34: a call to Redis that is cancelled, anywhere."""

import asyncio
import os
import random
from contextlib import suppress

from lockgate.core.limit import Shape
from tests.integration.redis_owner import begun, claim, patiently, settled_down, spent
from tests.redis_server import server

ROUNDS = int(os.environ.get("LOCKGATE_S34_ROUNDS", "2000"))
"""100000 of them take two minutes."""


async def test_S34_a_cancelled_call_leaves_no_answer_for_the_next_one() -> None:
    """Each counter has a capacity of its own, which its answer bears: a foreign answer would show."""
    chance = random.Random(34)
    with server() as running:
        async with begun(running, deadline=5) as made:

            async def ask(number: int) -> bool:
                verdict = await made.reserve(
                    [claim(1, Shape("period", 1_000_000 + number), 1000 + number, at_once=True)]
                )
                assert verdict.standings[0].free == 1_000_000 + number - 1
                return True

            done = 0
            for begin in range(0, ROUNDS, 20):
                tasks = [asyncio.ensure_future(ask(begin + i)) for i in range(20)]
                for task in chance.sample(tasks, 4):
                    for _ in range(chance.randrange(6)):
                        await asyncio.sleep(0)
                    task.cancel()
                done += sum(answer is True for answer in await asyncio.gather(*tasks, return_exceptions=True))

            assert done >= ROUNDS * 3 // 4
            assert await spent(made) == (0, 0)


async def test_S34_a_lease_whose_caller_left_is_not_held() -> None:
    with server() as running:
        async with begun(running, deadline=5) as made:
            for turns in range(12):
                task = asyncio.ensure_future(made.reserve([claim(1)]))
                for _ in range(turns):
                    await asyncio.sleep(0)
                if not task.done():
                    task.cancel()
                with suppress(asyncio.CancelledError):
                    verdict = await task
                    assert verdict.lease
                    made.settle(verdict.lease, [0])

            await patiently(lambda: settled_down(made, (0, 0)))

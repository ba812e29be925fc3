"""R1, R2, S74: Redis is killed, stopped, slow. It is told in time, and nobody asks more than it can bear.

LOCKGATE_PAUSE is for how many seconds it is slow: a moment in the suite, 30 on demand, as in
`LOCKGATE_PAUSE=30 pytest tests/integration/test_r1_r2_redis_away.py -k R2`.
"""

import asyncio
import os
import signal
import time
from contextlib import suppress

import pytest

from lockgate.core.limit import Shape, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.redis.store import RedisLimits
from lockgate.redis_links.breaker import FAILURES, Breaker, NotAskedError
from tests.integration.redis_owner import begun, claim, patiently, refused, settled_down
from tests.redis_server import server

PAUSE = float(os.environ.get("LOCKGATE_PAUSE", "1.5"))


async def took(made: RedisLimits) -> float:
    before = time.monotonic()
    await patiently(lambda: made.reserve([claim(0, at_once=True)]))
    return time.monotonic() - before


async def test_R1_killed_is_told_at_once_and_nobody_asks_for_a_while() -> None:
    with server() as running:
        async with begun(running) as made:
            well = sorted([await took(made) for _ in range(200)])
            running.stop()
            began, asked, away = time.monotonic(), 0, []
            for _ in range(200):
                before = time.monotonic()
                with pytest.raises(StoreError) as told:
                    await made.reserve([claim()])
                away.append(time.monotonic() - before)
                asked += not isinstance(told.value, NotAskedError)

            print(f"R1: p99 {well[197] * 1000:.2f} ms with Redis, {sorted(away)[197] * 1000:.2f} ms without it")
            assert FAILURES <= asked <= FAILURES + 1 + time.monotonic() - began  # and then one a second
            running.start()
            with pytest.raises(StoreEmptyError):
                await patiently(lambda: made.reserve([claim()]))


async def test_R1_stopped_is_told_within_the_deadline_and_nothing_stays_held() -> None:
    with server() as running:
        async with begun(running) as made:
            await made.reserve([claim()])
            running.signal(signal.SIGSTOP)

            took = [await refused(made) for _ in range(FAILURES + 20)]

            assert max(took[:FAILURES]) < 0.5
            assert max(took[FAILURES:]) < 0.02
            running.signal(signal.SIGCONT)
            await patiently(made.beat)
            # what was on its way was carried out when it went on, and was undone
            await patiently(lambda: settled_down(made, (0, 1)))


async def test_R2_slow_is_told_within_the_deadline_and_is_asked_once_a_second() -> None:
    with server() as running:
        async with begun(running) as made:
            running.ask("CLIENT", "PAUSE", str(int(PAUSE * 1000)), "ALL")
            began, slow, quick = time.monotonic(), 0, 0
            while time.monotonic() - began < PAUSE - 0.3:
                took = await refused(made)
                slow, quick = (slow + 1, quick) if took > 0.03 else (slow, quick + 1)
                await asyncio.sleep(0.001)

            assert FAILURES <= slow <= FAILURES + PAUSE + 1.5 + quick // 20  # a busy machine is slow by itself
            assert quick > 20
            assert (await patiently(lambda: made.reserve([claim()]))).lease


async def test_R2_however_many_were_refused_meanwhile_it_is_well_again_at_once() -> None:
    with server() as running:
        async with begun(running) as made:
            running.signal(signal.SIGSTOP)
            for _ in range(FAILURES):
                await refused(made)
            for _ in range(20_000):
                with suppress(StoreError):
                    await made.reserve([claim()])
            running.signal(signal.SIGCONT)

            assert (await patiently(lambda: made.reserve([claim()]), 3)).lease
            await patiently(lambda: settled_down(made, (0, 1)), 3)


async def test_R2_what_ended_meanwhile_is_settled_in_pieces_that_fit() -> None:
    many = Shape("period", 1_000_000)
    with server() as running:
        async with begun(running) as made:
            leases = [(await patiently(lambda: made.reserve([claim(shape=many)]))).lease for _ in range(3000)]
            running.signal(signal.SIGSTOP)
            for _ in range(FAILURES):
                await refused(made)
            for lease in leases:
                assert lease is not None
                made.settle(lease, [1])
            running.signal(signal.SIGCONT)

            await patiently(made.flush)
            await patiently(lambda: settled_down(made, (3000, 0)), 5)


async def test_S74_one_call_a_second_tries_while_it_is_away() -> None:
    moment = [0.0]
    breaker = Breaker(lambda: moment[0])

    def no_answer() -> None:
        raise StoreError("no answer")

    def asks_in_vain() -> bool:
        """Whether it was asked at all."""
        try:
            with breaker:
                no_answer()
        except NotAskedError:
            return False
        except StoreError:
            return True
        return True

    for _ in range(FAILURES):
        assert asks_in_vain()

    tried = 0
    for _ in range(1000):
        moment[0] += 0.01
        tried += asks_in_vain()

    assert tried == 9
    moment[0] += 1
    with breaker:  # one may, and while it asks nobody else does
        assert not asks_in_vain()
    assert asks_in_vain()

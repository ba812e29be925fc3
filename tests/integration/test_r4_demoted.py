"""R4 with a real replica: the master is demoted under load, and the one that takes over has not heard of the last writes."""

import asyncio
import socket

from lockgate.core.limit import Charge, Shape, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.redis.store import RedisLimits
from tests.integration.front_door import until
from tests.integration.redis_owner import begun, claim, patiently
from tests.redis_server import server

MOST = 200
SHAPE = Shape("period", MOST)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return str(one.getsockname()[1])


class Load:
    """Owners that spend without a pause. `spent` is what they were granted, as their own log would have it."""

    def __init__(self, owners: list[RedisLimits]) -> None:
        self._owners = owners
        self.spent = self.turned_away = 0
        self.empty = False
        self.refused = 0
        self.over = False

    async def run(self) -> None:
        await asyncio.gather(*(self._spend(owner) for owner in self._owners))

    async def _spend(self, owner: RedisLimits) -> None:
        while not self.over:
            try:
                verdict = await owner.reserve([claim(1, SHAPE, at_once=True)])
                self.spent += verdict.lease is not None
                self.turned_away += verdict.lease is None
            except StoreEmptyError:
                self.empty = True
            except StoreError:
                self.refused += 1
            await asyncio.sleep(0.002)


async def test_R4_a_master_is_demoted_under_load_and_the_replica_lost_the_last_writes() -> None:
    port, other = free_port(), free_port()
    with server("--port", port) as first, server("--port", other) as second:
        second.ask("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        first.ask("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        async with begun(first, deadline=1) as one, begun(first, "two", deadline=1) as two:
            load = Load([one, two])
            running = asyncio.create_task(load.run())
            second.ask("REPLICAOF", "127.0.0.1", port)
            await until(lambda: second.ask("EXISTS", "{lockgate}:memory") == b":1")
            await until(lambda: load.spent > 20)
            second.ask("REPLICAOF", "127.0.0.1", "1")  # it hears no more
            known = load.spent
            await until(lambda: load.spent > known + 20)

            first.ask("REPLICAOF", "127.0.0.1", other)  # from here on it only reads
            await until(lambda: load.refused > 5)
            granted = load.spent
            second.ask("REPLICAOF", "NO", "ONE")
            second.socket.rename(first.socket)  # where owners look for the master
            await until(lambda: load.empty)

            assert load.spent == granted  # nothing from who only reads, and nothing from who lost what was spent
            await patiently(lambda: one.restore([Charge(claim().counter, SHAPE, load.spent, 0, 100)]))
            await until(lambda: load.spent > granted)
            await until(lambda: load.turned_away > 20)
            load.over = True
            await running

            assert load.spent == MOST  # all of it, and no more (I4)

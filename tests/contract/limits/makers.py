"""How each store of the registry is made for the suite: one line for each, by its kind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lockgate.core.limit import LimitStore
from lockgate.limits.lmdb.store import LmdbLimits
from lockgate.limits.lmdb.table import Table
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.contract.limits.twin import Memory, Time, Twin
from tests.redis_server import server


@dataclass
class Shared:
    """One memory, and as many owners as the test wants. `empty` takes the memory away, as a crash would."""

    time: Time
    owner: Callable[[str], LimitStore]
    empty: Callable[[], None]


Maker = Callable[[], AbstractAsyncContextManager[Shared]]


@asynccontextmanager
async def twin() -> AsyncIterator[Shared]:
    memory = Memory(Time())
    yield Shared(memory.time, lambda name: Twin(memory, name), memory.empty)


@asynccontextmanager
async def lmdb() -> AsyncIterator[Shared]:
    time = Time()
    with TemporaryDirectory() as folder:
        table = Table(Path(folder) / "limits")

        def empty() -> None:
            with table.env.begin(write=True) as txn:
                cursor = txn.cursor()
                while cursor.first():
                    cursor.delete()

        yield Shared(time, lambda name: LmdbLimits(table, name, time, keep=True), empty)
        table.close(last=False)


class Prompt(RedisLimits):
    """Settles at once where a test stands outside of the loop, and so cannot wait for it."""

    def _end(self, ended: list[Any]) -> None:
        self._ended.append(ended)
        if not self.loop.is_running():
            self.loop.run_until_complete(self.flush())

    loop: asyncio.AbstractEventLoop


@asynccontextmanager
async def redis() -> AsyncIterator[Shared]:
    with server() as running:
        time, make, loop = Time(), maker(running.url), asyncio.get_running_loop()
        owners: list[Prompt] = []

        def owner(name: str) -> LimitStore:
            owners.append(Prompt(Connections(make), Who(name, "gateway", now=time), deadline=5))
            owners[-1].loop = loop
            return owners[-1]

        def empty() -> None:
            assert running.ask("FLUSHALL") == b"+OK"

        yield Shared(time, owner, empty)
        for each in owners:
            await each.aclose()


MAKERS: dict[str, Maker] = {"twin": twin, "lmdb": lmdb, "redis": redis}
"""The twin passes the suite, too: otherwise it would define something else."""

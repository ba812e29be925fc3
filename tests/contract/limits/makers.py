"""How each store of the registry is made for the suite: one line for each, by its kind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from lockgate.core.limit import LimitStore
from lockgate.limits.redis.build import maker
from lockgate.limits.redis.connections import Connections
from lockgate.limits.redis.store import RedisLimits, Who
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
async def redis() -> AsyncIterator[Shared]:
    with server() as running:
        time, make = Time(), maker(running.url)
        owners: list[RedisLimits] = []

        def owner(name: str) -> LimitStore:
            owners.append(RedisLimits(Connections(make), Who(name, "gateway", now=time), deadline=5))
            return owners[-1]

        def empty() -> None:
            assert running.ask("FLUSHALL") == b"+OK"

        yield Shared(time, owner, empty)
        for each in owners:
            await each.aclose()


MAKERS: dict[str, Maker] = {"twin": twin, "redis": redis}
"""The twin passes the suite, too: otherwise it would define something else."""

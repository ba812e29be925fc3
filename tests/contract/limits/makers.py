"""How each store of the registry is made for the suite: one line for each, by its kind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from lockgate.core.limit import LimitStore
from tests.contract.limits.twin import Memory, Time, Twin


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


MAKERS: dict[str, Maker] = {"twin": twin}
"""The twin passes the suite, too: otherwise it would define something else."""

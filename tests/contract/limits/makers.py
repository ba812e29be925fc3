"""How each store of the registry is made for the suite: one line for each, by its kind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.core.limit import LimitStore
from lockgate.limits.lmdb.store import LmdbLimits
from lockgate.limits.lmdb.table import Table
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


MAKERS: dict[str, Maker] = {"twin": twin, "lmdb": lmdb}
"""The twin passes the suite, too: otherwise it would define something else."""

"""How each memory is made for the suite."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.core.repeat import RepeatRows
from lockgate.limits.redis.repeats import RedisRepeats
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.stores.repeats.file import RepeatFile
from tests.redis_server import Server, server


@dataclass
class Shared:
    """Two owners of one memory, in which time may pass. `everything` is all that lies there."""

    one: RepeatRows
    other: RepeatRows
    passes: Callable[[float], object]
    everything: Callable[[], bytes]


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@asynccontextmanager
async def lmdb(most: int) -> AsyncIterator[Shared]:
    """A process may open a file once: the other owner uses what the first one opened."""
    clock = Time()
    with TemporaryDirectory() as folder:
        one = RepeatFile(Path(folder), size=most, now=clock)
        other = RepeatFile.__new__(RepeatFile)
        vars_of = ("_now", "_environment", "_rows", "_ends")
        for name in vars_of:
            setattr(other, name, getattr(one, name))
        other._mine = b"somebody"

        def everything() -> bytes:
            one._environment.sync(True)
            return (Path(folder) / "data.mdb").read_bytes()

        yield Shared(one, other, clock.passes, everything)
        await one.aclose()


@asynccontextmanager
async def redis(most: int) -> AsyncIterator[Shared]:
    """Time passes in that what is left of it is less."""
    with server() as running:
        one, other = (RedisRepeats(Connections(maker(running.url)), most, 5) for _ in range(2))

        def passes(seconds: float) -> None:
            running.ask("EVAL", PASSES, "0", str(int(seconds * 1000)))

        yield Shared(one, other, passes, lambda: dump(running))
        await one.aclose()
        await other.aclose()


PASSES = """
for _, key in ipairs(redis.call('KEYS', '{lockgate}:repeat:*')) do
  redis.call('PEXPIRE', key, redis.call('PTTL', key) - tonumber(ARGV[1]))
end
"""


def dump(running: Server) -> bytes:
    running.ask("SAVE")
    return (running.folder / "dump.rdb").read_bytes()


MAKERS: dict[str, Callable[[int], AbstractAsyncContextManager[Shared]]] = {"lmdb": lmdb, "redis": redis}

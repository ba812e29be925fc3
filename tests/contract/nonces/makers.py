"""How each memory is made for the suite."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.core.nonce import Nonces
from lockgate.limits.redis.nonces import RedisNonces
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.stores.nonces import NonceStore
from tests.redis_server import server


@dataclass
class Shared:
    """One memory. `member` is one more that shares it; `crash`: the machine that it is on begins a new life."""

    member: Callable[[], Nonces]
    crash: Callable[[], None]


@asynccontextmanager
async def lmdb() -> AsyncIterator[Shared]:
    """A process may open a file once: here the members are one."""
    with TemporaryDirectory() as folder:
        lives = [NonceStore(Path(folder), "life 0")]

        def crash() -> None:
            environment = lives[-1]._opened
            if environment is not None:
                environment[0].close()
            lives.append(NonceStore(Path(folder), f"life {len(lives)}"))

        yield Shared(lambda: lives[-1], crash)
        await lives[-1].aclose()


@asynccontextmanager
async def redis() -> AsyncIterator[Shared]:
    with server() as running:
        members: list[RedisNonces] = []

        def member() -> Nonces:
            members.append(RedisNonces(Connections(maker(running.url)), 5))
            return members[-1]

        def crash() -> None:
            running.stop()
            running.start()

        yield Shared(member, crash)
        for each in members:
            await each.aclose()


MAKERS: dict[str, Callable[[], AbstractAsyncContextManager[Shared]]] = {"lmdb": lmdb, "redis": redis}

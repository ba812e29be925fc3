"""What a store of tokens promises, for each of the registry."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lockgate.core.registry import configs
from lockgate.core.tokens import TokenStore, TokenStoreConfig
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.token_stores.lmdb.store import LmdbTokens
from lockgate.token_stores.redis.store import RedisTokens
from tests.redis_server import server

A, B = b"a" * 32, b"b" * 32
SEALED = bytes(range(256)) * 20


@dataclass
class Shared:
    """A store, and how time passes there: redis has its own clock, so a test waits there for real."""

    store: TokenStore
    passes: Callable[[float], None]
    unit: float


@asynccontextmanager
async def lmdb() -> AsyncIterator[Shared]:
    moment = [1_767_225_600.0]

    def passes(seconds: float) -> None:
        moment[0] += seconds

    with TemporaryDirectory() as folder:
        store = LmdbTokens(Path(folder) / "tokens", lambda: moment[0])
        yield Shared(store, passes, 100.0)
        await store.aclose()


@asynccontextmanager
async def redis() -> AsyncIterator[Shared]:
    with server() as running:
        store = RedisTokens(Connections(maker(running.url)), deadline=5)

        def passes(seconds: float) -> None:
            """As if so much time had gone by: what lives no longer than that is over."""
            lines = running.ask("EVAL", _AGE, "0", str(int(seconds * 1000)))
            assert lines.startswith(b":")

        yield Shared(store, passes, 100.0)
        await store.aclose()


_AGE = """\
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key) - tonumber(ARGV[1])
  if left <= 0 then redis.call('DEL', key) else redis.call('PEXPIRE', key, left) end
end
return 1
"""
MAKERS: dict[str, Callable[[], AbstractAsyncContextManager[Shared]]] = {"lmdb": lmdb, "redis": redis}


@pytest.fixture(params=sorted(MAKERS))
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Shared]:
    async with MAKERS[request.param]() as made:
        yield made


def test_every_store_is_tried() -> None:
    assert MAKERS.keys() == configs("lockgate.token_stores", TokenStoreConfig).keys()


async def test_nothing_is_there_at_first(shared: Shared) -> None:
    assert await shared.store.read(A) is None


async def test_what_was_put_is_read_and_belongs_to_its_name(shared: Shared) -> None:
    assert await shared.store.put(A, None, SEALED, 3600)

    assert await shared.store.read(A) == SEALED
    assert await shared.store.read(B) is None


async def test_nobody_overwrites_what_he_has_not_seen(shared: Shared) -> None:
    assert await shared.store.put(A, None, b"one", 3600)

    assert not await shared.store.put(A, None, b"two", 3600)
    assert not await shared.store.put(A, b"other", b"two", 3600)
    assert not await shared.store.put(B, b"one", b"two", 3600)
    assert await shared.store.read(A) == b"one"
    assert await shared.store.put(A, b"one", b"two", 3600)
    assert await shared.store.read(A) == b"two"


async def test_of_many_at_once_one_is_first(shared: Shared) -> None:
    put = await asyncio.gather(*(shared.store.put(A, None, b"%d" % i, 3600) for i in range(20)))

    assert put.count(True) == 1
    assert await shared.store.read(A) == b"%d" % put.index(True)


async def test_what_is_over_is_not_there(shared: Shared) -> None:
    await shared.store.put(A, None, b"short", shared.unit)
    await shared.store.put(B, None, b"long", 10 * shared.unit)

    shared.passes(2 * shared.unit)

    assert await shared.store.read(A) is None
    assert await shared.store.read(B) == b"long"
    assert await shared.store.put(A, None, b"anew", shared.unit)


async def test_who_writes_again_lives_longer(shared: Shared) -> None:
    await shared.store.put(A, None, b"one", shared.unit)
    await shared.store.put(A, b"one", b"two", 10 * shared.unit)

    shared.passes(2 * shared.unit)

    assert await shared.store.read(A) == b"two"

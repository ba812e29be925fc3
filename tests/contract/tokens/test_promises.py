"""What a store of tokens promises, for each of the registry."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.registry import configs
from lockgate.core.tokens import Share, ShareFull, TokenStore, TokenStoreConfig
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.token_stores.lmdb.store import LmdbTokens
from lockgate.token_stores.redis.store import RedisTokens
from tests.redis_server import server

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32
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


def share(values: int, owner: bytes = b"o" * 32) -> Share:
    return Share(owner, values, 10, 1000)


async def test_nobody_has_more_than_his_share(shared: Shared) -> None:
    store = shared.store
    assert await store.put(A, None, b"x" * 600, 3600, share(6))

    with pytest.raises(ShareFull):
        await store.put(B, None, b"x", 3600, share(5))
    with pytest.raises(ShareFull):
        await store.put(B, None, b"x" * 401, 3600, share(1))
    assert await store.read(B) is None
    assert not await store.put(A, b"other", b"x", 3600, share(99))
    assert await store.put(B, None, b"x" * 400, 3600, share(4))
    assert await store.put(C, None, b"x" * 1000, 3600, share(10, b"p" * 32))


async def test_what_does_not_grow_goes_on_and_what_shrinks_makes_room(shared: Shared) -> None:
    store = shared.store
    await store.put(A, None, b"x" * 900, 3600, share(9))
    await store.put(B, None, b"x" * 100, 3600, share(1))
    less = Share(b"o" * 32, 9, 1, 1)

    assert await store.put(A, b"x" * 900, b"y" * 900, 3600, less)
    with pytest.raises(ShareFull):
        await store.put(A, b"y" * 900, b"y" * 901, 3600, share(9))
    assert await store.put(A, b"y" * 900, b"z", 3600, share(1))
    assert await store.put(C, None, b"x" * 800, 3600, share(8))


async def test_what_is_over_counts_for_nobody(shared: Shared) -> None:
    store = shared.store
    for number in range(10):
        assert await store.put(b"%032d" % number, None, b"x" * 100, shared.unit, share(1))
    with pytest.raises(ShareFull):
        await store.put(A, None, b"x", 3600, share(1))

    shared.passes(2 * shared.unit)

    assert await store.put(A, None, b"x" * 1000, 3600, share(10))


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 6), st.integers(1, 600), st.booleans()), max_size=25
)


@given(STEPS)
def test_the_count_is_what_is_there(steps: list[tuple[int, int, int, int, bool]]) -> None:
    """Held against a plain count. Each entry of a model is its owner's, lives so long, and counts so much."""

    async def played() -> None:
        moment = [1_767_225_600.0]
        with TemporaryDirectory() as folder:
            store = LmdbTokens(Path(folder), lambda: moment[0], size=1 << 20)
            there: dict[bytes, tuple[bytes, int, bytes, float]] = {}
            for entry, whose, values, size, later in steps:
                moment[0] += 50 * later
                there = {name: each for name, each in there.items() if each[3] > moment[0]}
                name, owner, sealed = b"%032d" % entry, b"%032d" % whose, b"x" * size
                own = [each for each in there.values() if each[0] == owner]
                mine = there.get(name)
                before = (mine[1], len(mine[2])) if mine is not None and mine[0] == owner else (0, 0)
                more = (values - before[0], size - before[1])
                sums = (sum(each[1] for each in own), sum(len(each[2]) for each in own))
                full = any(m > 0 and m + s > most for m, s, most in zip(more, sums, (10, 1000), strict=True))
                seen = None if mine is None else mine[2]
                if full:
                    with pytest.raises(ShareFull):
                        await store.put(name, seen, sealed, 100, share(values, owner))
                else:
                    assert await store.put(name, seen, sealed, 100, share(values, owner))
                    there[name] = (owner, values, sealed, moment[0] + 100)
            await store.aclose()

    asyncio.run(played())

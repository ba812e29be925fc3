"""The memory against replays in Redis, when Redis is not well: nobody is let in, and what may have been forgotten is not taken."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.limits.redis.nonces import RedisNonces
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.redis_server import Server, server

SEEN = "{lockgate}:nonces"


@pytest.fixture
def running() -> Iterator[Server]:
    with server() as one:
        yield one


@asynccontextmanager
async def memory(running: Server, deadline: float = 5) -> AsyncIterator[RedisNonces]:
    made = RedisNonces(Connections(maker(running.url)), deadline)
    await made.begin(100)
    yield made
    await made.aclose()


async def refused(store: RedisNonces, nonce: bytes) -> bool:
    with pytest.raises(Problem) as caught:
        await store.first(nonce, 200, 500, 200)
    return caught.value.kind is Kind.NO_AUTH


async def test_r1_when_it_is_down_nobody_is_let_in_and_then_all_are_again(running: Server) -> None:
    async with memory(running) as store:
        assert await store.first(b"a", 100, 400, 100)
        running.stop()
        assert await refused(store, b"b")

        running.start()

        assert not await store.first(b"a", 250, 400, 100)  # it forgot, and knows that it did
        assert await store.first(b"c", 251, 600, 251)


async def test_r2_when_it_is_slow_the_deadline_holds(running: Server) -> None:
    async with memory(running) as warm:
        assert await warm.first(b"a", 100, 400, 100)
        hasty = RedisNonces(Connections(maker(running.url)), 0.05)
        running.signal(signal.SIGSTOP)
        try:
            assert await refused(hasty, b"b")
        finally:
            running.signal(signal.SIGCONT)
        await hasty.aclose()
        assert await warm.first(b"d", 100, 400, 100)


@pytest.mark.parametrize(
    "lost", [("FLUSHALL",), ("DEL", SEEN), ("ZREMRANGEBYRANK", SEEN, "0", "0"), ("DEL", f"{SEEN}:life")]
)
async def test_r5_what_was_taken_out_of_it_is_noticed(running: Server, lost: tuple[str, ...]) -> None:
    """Also by an eviction."""
    async with memory(running) as store:
        assert await store.first(b"a", 110, 400, 110)
        assert await store.first(b"b", 110, 400, 110)

        running.ask(*lost)

        assert [await store.first(nonce, 150, 400, 110) for nonce in (b"a", b"b", b"c")] == [False] * 3
        assert await store.first(b"c", 151, 400, 151)


async def test_r5_scripts_that_were_flushed_are_sent_again(running: Server) -> None:
    async with memory(running) as store:
        running.ask("SCRIPT", "FLUSH")

        assert await store.first(b"a", 100, 400, 100)
        assert not await store.first(b"a", 100, 400, 100)


async def test_r5_without_room_nobody_is_let_in(running: Server) -> None:
    async with memory(running) as store:
        running.ask("CONFIG", "SET", "maxmemory", "1")
        assert await refused(store, b"a")

        running.ask("CONFIG", "SET", "maxmemory", "0")

        assert await store.first(b"a", 100, 400, 100)


async def test_it_holds_what_is_in_time_and_goes_when_nobody_asks(running: Server) -> None:
    async with memory(running) as store:
        for number in range(300):
            await store.first(b"%d" % number, 1000 + number, 1020 + number, 1000 + number)

    assert int(running.ask("ZCARD", SEEN)[1:]) <= 22
    assert 86_400_000 - 60_000 < int(running.ask("PTTL", SEEN)[1:]) <= 86_400_000 + 21_000

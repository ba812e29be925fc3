"""An owner of limits in a real Redis, and what it says when Redis is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import pytest

from lockgate.core.limit import Claim, Shape, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.redis_server import Server

T = TypeVar("T")
BUDGET = Shape("period", 10)
ROLLING = Shape("sliding", 1000, 60_000_000)


def claim(amount: int = 1, shape: Shape = BUDGET, counter: int = 1, *, at_once: bool = False) -> Claim:
    return Claim(counter.to_bytes(16, "big"), shape, amount, at_once=at_once, since=100)


@asynccontextmanager
async def owner(
    running: Server, name: str = "one", *, instance: str = "gateway", instances: int = 1, deadline: float = 0.05
) -> AsyncIterator[RedisLimits]:
    made = RedisLimits(Connections(maker(running.url)), Who(name, instance, instances), deadline)
    try:
        yield made
    finally:
        with suppress(StoreError):
            await made.aclose()


@asynccontextmanager
async def begun(running: Server, name: str = "one", **more: float) -> AsyncIterator[RedisLimits]:
    async with owner(running, name, deadline=more.get("deadline", 0.05)) as made:
        await patiently(lambda: made.restore(()))
        await patiently(made.beat)
        yield made


async def patiently(call: Callable[[], Awaitable[T]], seconds: float = 10) -> T:
    """Until the store answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            return await call()
        except StoreEmptyError:
            raise
        except StoreError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.02)


async def spent(made: RedisLimits, counter: int = 1) -> tuple[int, int]:
    (standing,) = await patiently(lambda: made.read([claim(0, counter=counter)]))
    return standing.used, standing.held


async def refused(made: RedisLimits) -> float:
    """How many seconds a reservation takes to say that the store is away."""
    began = time.monotonic()
    with pytest.raises(StoreError) as told:
        await made.reserve([claim()])
    assert not isinstance(told.value, StoreEmptyError)
    return time.monotonic() - began


async def settled_down(made: RedisLimits, expected: tuple[int, int]) -> None:
    if await spent(made) != expected:
        raise StoreError("not yet")

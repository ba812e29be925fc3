"""One question at a time about the whole log, in a thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def alone(one: asyncio.Lock, work: Callable[[], T]) -> T:
    """`one` is free. Who leaves does not end the thread, which has the lock until it is done."""
    await one.acquire()  # at once
    return await asyncio.shield(asyncio.ensure_future(_done(one, work)))


async def _done(one: asyncio.Lock, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    finally:
        one.release()

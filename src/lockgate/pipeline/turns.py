"""Long work in the loop, in turns: others are served between two of its steps."""

import asyncio
from collections.abc import Generator, Iterator
from time import perf_counter
from typing import Generic, TypeVar, final

T = TypeVar("T")
TURN = 0.005
"""Seconds after which others have theirs."""

Steps = Generator[bool, None, T]
"""Synchronous. It may be left at each `yield`, and nobody else may change what it works on. What it yields is true where it is
better to let others go first."""


@final
class _Work(Generic[T]):
    """The steps, one after another, and what they came to."""

    __slots__ = ("_steps", "result")

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[bool]:
        self.result = yield from self._steps


def at_once(steps: Steps[T]) -> T:
    work = _Work(steps)
    for _ in work:
        pass
    return work.result


async def in_turns(steps: Steps[T]) -> T:
    work, end = _Work(steps), perf_counter() + TURN
    for others_first in work:
        if others_first or perf_counter() >= end:
            await asyncio.sleep(0)
            end = perf_counter() + TURN
    return work.result

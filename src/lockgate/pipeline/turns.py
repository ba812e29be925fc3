"""Long work in the loop, in turns: others are served between two of its steps."""

import asyncio
from collections.abc import Generator
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
TURN = 0.005
"""Seconds after which others have theirs."""

Steps = Generator[None, None, T]
"""Pure and synchronous. It may be left at each `yield`, and nobody else may change what it works on."""


def at_once(work: Steps[T]) -> T:
    while True:
        try:
            next(work)
        except StopIteration as done:
            whole: T = done.value
            return whole


async def in_turns(work: Steps[T]) -> T:
    end = perf_counter() + TURN
    while True:
        try:
            next(work)
        except StopIteration as done:
            whole: T = done.value
            return whole
        if perf_counter() >= end:
            await asyncio.sleep(0)
            end = perf_counter() + TURN

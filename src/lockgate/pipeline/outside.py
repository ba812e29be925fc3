"""Waiting for what is no work of ours, without a place at the gate meanwhile."""

from collections.abc import Awaitable
from typing import TypeVar

from lockgate.pipeline.ledger import Ledger

T = TypeVar("T")


async def outside(ledger: Ledger, work: Awaitable[T]) -> T:
    """What the work comes to. Who went out for it gets its place back at once: others wait for it."""
    gate = ledger.gate
    if gate is None:
        return await work
    gate.leave(ledger)
    done = await work
    gate.back(ledger)
    return done

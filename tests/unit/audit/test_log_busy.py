"""The audit log on a busy machine: larger batches, and who is to blame for a record that is late."""

import asyncio
import math
import threading
import time
from collections.abc import Iterable

import pytest

from lockgate.audit.chain import Chain
from lockgate.audit.log import LAG, MANY, AuditLog
from lockgate.audit.scribe import Scribe
from lockgate.core.sink import Event, Record, Tail
from tests.unit.audit.test_log import KEY, Held, Kit


class Starved(Chain):
    """What a thread is like on a busy machine: it gets to run when the others let it."""

    __slots__ = ("turn",)

    def lines(self, records: Iterable[Record | Event]) -> tuple[bytes, list[bytes]]:
        self.turn.wait(10)
        return super().lines(records)


@pytest.mark.parametrize("seconds", [0.4, math.inf])
async def test_a_thread_that_does_not_get_to_run_is_no_slow_disk_but_has_its_bound_too(seconds: float) -> None:
    chain, changes = Starved("w0", KEY, Tail()), list[bool]()
    chain.turn = threading.Event()
    log = AuditLog(Scribe(chain, [Held()]), patience=0.1, changed=changes.append)
    began = time.monotonic()
    waiting = log.put(Event(ts=1.0, event="e"))
    assert waiting is not None
    asyncio.get_running_loop().call_later(min(seconds, 5), chain.turn.set)

    kept = await waiting

    took = time.monotonic() - began
    assert (kept, changes) == ((True, []) if seconds < LAG else (False, [False]))
    assert took > 0.3 if kept else LAG < took < LAG + 1
    chain.turn.set()
    await log.aclose()


async def test_behind_a_large_batch_records_gather() -> None:
    kit = Kit()
    assert all(await asyncio.gather(*(kit.put() for _ in range(MANY))))
    first = asyncio.ensure_future(kit.put())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.ensure_future(kit.put())

    assert await first is await second is True
    assert [len(batch.splitlines()) for batch in kit.sink.batches] == [MANY, 2]
    await kit.log.aclose()

"""Group commit: one write for all who wait, a deadline for everybody, and a log that comes back by itself."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import msgspec
import pytest

from lockgate.audit.chain import Chain, ChainKey
from lockgate.audit.log import BACKLOG, AuditLog
from lockgate.audit.scribe import Scribe
from lockgate.core.sink import Event, Record, SinkError, Tail

KEY = ChainKey("0123abcd", b"k" * 32)


class Held:
    """A sink whose writes wait while `gate` is closed, and fail while `broken`."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.wrote = threading.Event()
        self.broken = False
        self.error: Exception = SinkError("no room")
        self.released = False
        self.batches: list[bytes] = []

    def recover(self) -> Tail:
        return Tail()

    def write(self, lines: bytes) -> tuple[Event, ...]:
        self.gate.wait(10)
        if self.broken:
            raise self.error
        self.batches.append(lines)
        self.wrote.set()
        return ()

    def release(self) -> None:
        self.released = True

    def close(self) -> None:
        pass

    @property
    def events(self) -> list[str]:
        return [msgspec.json.decode(line).get("event", "") for line in b"".join(self.batches).splitlines()]


class Kit:
    """A log on some held sinks."""

    def __init__(self, number: int = 1, required: int = 1, *, strict: bool = True) -> None:
        self.sinks = [Held() for _ in range(number)]
        self.sink = self.sinks[0]
        self.changes: list[bool] = []
        self.turned = asyncio.Event()
        scribe = Scribe(Chain("w0", KEY, Tail()), self.sinks, required)
        self.log = AuditLog(scribe, strict=strict, patience=0.25, changed=self._changed)

    async def put(self, what: str = "e") -> bool:
        waiting = self.log.put(Event(ts=1.0, event=what))
        assert waiting is not None
        return await waiting

    async def until(self, available: bool) -> None:
        async with asyncio.timeout(2):
            while self.log.available is not available:
                self.turned.clear()
                await self.turned.wait()

    def _changed(self, available: bool) -> None:
        self.changes.append(available)
        self.turned.set()


@pytest.fixture
async def kit() -> AsyncIterator[Kit]:
    kit = Kit()
    yield kit
    for sink in kit.sinks:
        sink.broken = False
        sink.gate.set()
    await kit.log.aclose()


async def test_one_write_serves_all_who_came_in_the_meantime(kit: Kit) -> None:
    kit.sink.gate.clear()
    first = asyncio.ensure_future(kit.put("first"))
    await asyncio.sleep(0.02)
    others = [asyncio.ensure_future(kit.put(f"o{n}")) for n in range(50)]
    await asyncio.sleep(0.02)
    kit.sink.gate.set()

    assert all(await asyncio.gather(first, *others))
    assert [len(batch.splitlines()) for batch in kit.sink.batches] == [1, 50]


async def test_requests_of_one_turn_of_the_loop_go_together(kit: Kit) -> None:
    assert all(await asyncio.gather(*(kit.put() for _ in range(20))))
    assert len(kit.sink.batches) == 1


async def test_nobody_waits_longer_than_the_deadline(kit: Kit) -> None:
    kit.sink.gate.clear()
    began = time.monotonic()
    first = asyncio.ensure_future(kit.put())
    await asyncio.sleep(0.1)
    second = asyncio.ensure_future(kit.put())

    assert await first is False
    assert 0.24 <= time.monotonic() - began < 2
    assert await second is False
    assert time.monotonic() - began < 2
    assert (kit.log.available, kit.changes) == (False, [False])


async def test_a_record_that_came_too_late_is_written_all_the_same(kit: Kit) -> None:
    kit.sink.gate.clear()
    assert await kit.put("late") is False

    kit.sink.gate.set()
    await kit.until(available=True)

    assert await kit.put("next") is True
    assert kit.sink.events == ["late", "next"]


@pytest.mark.parametrize("error", [SinkError("no room"), RuntimeError("can't start new thread")], ids=["sink", "any"])
async def test_a_broken_sink_refuses_at_once_and_recovers_by_itself(kit: Kit, error: Exception) -> None:
    kit.sink.broken, kit.sink.error = True, error
    assert await kit.put("lost?") is False
    began = time.monotonic()
    assert await kit.put("kept") is False
    assert time.monotonic() - began < 0.25, "nobody waits for its patience"

    kit.sink.broken = False
    await kit.until(available=True)

    assert kit.changes == [False, True]
    assert await kit.put("again")
    assert kit.sink.events == ["lost?", "kept", "again"]


async def test_refusals_beyond_the_bound_are_counted_and_the_count_is_written(kit: Kit) -> None:
    kit.sink.broken = True
    assert await kit.put() is False
    for _ in range(BACKLOG + 7):
        kit.log.put(Record(ts=1.0, kind="outcome", request_id="r"))
    kit.log.put(Record(ts=1.0, kind="outcome", request_id="let through", admitted=True))

    kit.sink.broken = False
    await kit.until(available=True)
    assert await kit.put("last")

    assert b'"details":{"records":"7"}' in b"".join(kit.sink.batches)
    assert b'"let through"' in b"".join(kit.sink.batches)


async def test_who_gives_up_waiting_does_not_take_the_others_along(kit: Kit) -> None:
    kit.sink.gate.clear()
    tasks = [asyncio.ensure_future(kit.put()) for _ in range(3)]
    await asyncio.sleep(0.02)
    tasks[1].cancel()
    kit.sink.gate.set()

    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert said[0] is said[2] is True
    assert isinstance(said[1], asyncio.CancelledError)


@pytest.mark.parametrize(("required", "kept"), [(1, True), (2, False)])
async def test_so_many_sinks_have_to_take_it_as_are_required(required: int, kept: bool) -> None:
    kit = Kit(2, required)
    kit.sinks[1].broken = True

    assert await kit.put() is kept

    kit.sinks[1].broken = False
    await kit.until(available=True)
    assert await kit.put()
    await kit.log.aclose()
    assert b"".join(kit.sinks[0].batches) == b"".join(kit.sinks[1].batches), "however they were bundled"


async def test_a_slow_sink_holds_up_nobody_when_another_takes_it() -> None:
    kit = Kit(2, 1)
    kit.sinks[0].gate.clear()

    assert [await kit.put() for _ in range(5)] == [True] * 5

    kit.sinks[0].gate.set()
    await kit.log.aclose()
    assert len(b"".join(kit.sinks[0].batches).splitlines()) == 5


async def test_batched_lets_nobody_wait_and_writes_soon() -> None:
    kit = Kit(strict=False)

    assert kit.log.put(Event(ts=1.0, event="e")) is None

    assert await asyncio.to_thread(kit.sink.wrote.wait, 1)
    await kit.log.aclose()


async def test_batched_too_stops_when_nothing_is_taken() -> None:
    kit = Kit(strict=False)
    kit.sink.broken = True

    kit.log.put(Event(ts=1.0, event="e"))
    await kit.until(available=False)

    kit.sink.broken = False
    await kit.until(available=True)
    await kit.log.aclose()


async def test_closing_writes_what_is_left_and_the_last_word() -> None:
    kit = Kit()
    kit.log.put(Event(ts=1.0, event="left"))

    await kit.log.aclose(Event(ts=2.0, event="stop"))

    assert kit.sink.events == ["left", "stop"]


async def test_D1_closing_on_a_full_disk_frees_the_reserve_and_ends() -> None:
    kit = Kit()
    kit.sink.broken = True

    await kit.log.aclose(Event(ts=2.0, event="stop"))

    assert kit.sink.released

"""What is only true of the store in LMDB: its file, the machine under it, and several processes in it."""

import asyncio
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.core.limit import BEAT_SECONDS, Charge, Claim, Shape, StoreEmptyError
from lockgate.core.limit_store import Place
from lockgate.core.store import StoreError
from lockgate.limits.lmdb import clock, memory, plugin
from lockgate.limits.lmdb.store import LmdbLimits
from lockgate.limits.lmdb.table import FIRST, Table

HOUR = 3_600_000_000
ROLLING = Shape("sliding", 1_000_000, HOUR)


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


async def begun(table: Table, owner: str = "one") -> LmdbLimits:
    store = LmdbLimits(table, owner)
    await store.restore(())
    await store.beat()
    return store


async def used(store: LmdbLimits, number: int = 1) -> tuple[int, int]:
    (standing,) = await store.read([Claim(name(number), ROLLING, 0)])
    return standing.used, standing.held


async def test_the_file_is_private_and_has_its_room_from_the_start(tmp_path: Path) -> None:
    store = plugin().build(Place(tmp_path, "one"))
    await store.restore(())
    await store.aclose()

    file = tmp_path / "limits" / "data.mdb"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "limits").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_blocks * 512 >= FIRST


async def test_it_grows_when_it_is_full_and_the_other_process_follows(tmp_path: Path) -> None:
    one = Table(tmp_path)
    await begun(one)
    context = multiprocessing.get_context("fork")
    ready, go, out = context.Event(), context.Event(), context.Queue()

    def other() -> None:
        async def work() -> None:
            mine = LmdbLimits(Table(tmp_path), "two")
            await mine.beat()
            ready.set()
            go.wait(30)
            await mine.reserve([Claim(name(1), ROLLING, 1, at_once=True)])
            out.put(await used(mine))

        asyncio.run(work())

    one.env.close()  # LMDB does not survive a fork
    two = context.Process(target=other)
    two.start()
    assert ready.wait(20)
    one.reopen()
    store = LmdbLimits(one, "one")
    before = one.env.info()["map_size"]
    number = 10
    while one.env.info()["map_size"] == before:
        await store.reserve([Claim(name(n), ROLLING, 1, at_once=True) for n in range(number, number + 2000)])
        number += 2000
    go.set()

    assert out.get(timeout=20) == (1, 0)
    two.join(20)
    assert await used(store) == (1, 0)
    one.close(last=False)


async def test_who_finds_the_memory_restored_by_another_reads_it(tmp_path: Path) -> None:
    """Two workers of a first start see an empty file at the same time, and one of them is the first to begin it."""
    table = Table(tmp_path)
    one, two = LmdbLimits(table, "one"), LmdbLimits(table, "two")
    with pytest.raises(StoreEmptyError):
        await two.beat()
    assert await one.restore(())
    assert not await two.restore(())

    await two.beat()

    assert (await two.reserve([Claim(name(1), ROLLING, 5)])).lease
    assert await used(two) == (0, 5)
    await two.aclose()


async def test_what_means_nothing_any_more_is_removed(tmp_path: Path) -> None:
    now = [clock.wall()]
    table = Table(tmp_path)
    store = LmdbLimits(table, "one", lambda: now[0])
    await store.restore(())
    await store.beat()
    await store.reserve([Claim(name(n), ROLLING, 1, at_once=True) for n in range(400)])
    held = await store.reserve([Claim(name(500), ROLLING, 5)])
    assert table.env.stat()["entries"] > 400

    now[0] += 3 * HOUR
    for _ in range(4):
        await store.beat()

    assert table.env.stat()["entries"] < 8
    assert held.lease
    store.settle(held.lease, [4])
    (standing,) = await store.read([Claim(name(500), ROLLING, 0)])
    assert (standing.used, standing.held) == (4, 0)
    await store.aclose()


async def test_a_machine_that_went_down_leaves_nothing_that_is_trusted(tmp_path: Path) -> None:
    table = Table(tmp_path, "first life")
    store = LmdbLimits(table, "one")
    await store.restore(())
    await store.beat()
    table.env.close()  # as if it had died: nobody said that it was closed
    (tmp_path / "data.mdb").write_bytes(os.urandom(1 << 20))

    again = LmdbLimits(Table(tmp_path, "second life"), "two")

    with pytest.raises(StoreEmptyError):
        await again.beat()
    assert await again.restore(())
    await again.aclose()


async def test_a_machine_that_was_stopped_in_order_goes_on(tmp_path: Path) -> None:
    store = LmdbLimits(Table(tmp_path, "first life"), "one")
    await store.restore(())
    await store.beat()
    await store.reserve([Claim(name(1), ROLLING, 7, at_once=True)])
    await store.aclose()

    again = LmdbLimits(Table(tmp_path, "second life"), "two")
    await again.beat()

    assert await used(again) == (7, 0)
    await again.aclose()


async def test_the_clock_never_goes_back_when_the_machine_starts_anew(tmp_path: Path) -> None:
    store = LmdbLimits(Table(tmp_path, "first life"), "one")
    await store.restore(())
    await store.beat()
    store._change(lambda rows: memory.noted(rows.txn, rows.txn.get(memory.MEMORY) or b"", clock.wall() + 10 * HOUR))
    store._known = b""
    table = store._table
    store._change(lambda rows: memory.write_owners(rows.txn, {}))
    table.close(last=True)

    again = LmdbLimits(Table(tmp_path, "second life"), "two")
    await again.beat()

    assert again._now() >= clock.wall() + 9 * HOUR
    await again.aclose()


async def test_a_file_that_was_removed_is_noticed(tmp_path: Path) -> None:
    store = LmdbLimits(Table(tmp_path / "limits"), "one")
    await store.restore(())
    await store.beat()
    shutil.rmtree(tmp_path / "limits")

    with pytest.raises(StoreEmptyError):
        await store.beat()
    assert await store.restore([Charge(name(1), ROLLING, 3, clock.wall())])
    await store.beat()
    assert await used(store) == (3, 0)
    await store.aclose()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "limits").write_text("a file")

    with pytest.raises(StoreError, match="cannot be used"):
        plugin().prepare(tmp_path)


def _spend(folder: Path, owner: str, ready: Callable[[], object]) -> None:
    async def work() -> None:
        store = LmdbLimits(Table(folder), owner)
        await store.beat()
        ready()
        while True:
            verdict = await store.reserve(
                [Claim(name(1), ROLLING, 2), Claim(name(2), ROLLING, 2), Claim(name(3), ROLLING, 1, at_once=True)]
            )
            assert verdict.lease
            store.settle(verdict.lease, [1, 1, 1])

    asyncio.run(work())


def test_S71_killed_in_the_middle_of_transactions(tmp_path: Path) -> None:
    """All counters of a request move together, whenever its process is killed; nobody else is ever stuck."""
    table = Table(tmp_path)
    asyncio.run(begun(table))
    table.close(last=False)
    context, dice = multiprocessing.get_context("fork"), random.Random(5)
    for round_ in range(12):
        ready = [context.Event() for _ in range(2)]
        both = [
            context.Process(target=_spend, args=(tmp_path, f"{round_}-{n}", ready[n].set), daemon=True)
            for n in range(2)
        ]
        for one in both:
            one.start()
        assert all(event.wait(20) for event in ready)
        time.sleep(dice.uniform(0, 0.02))
        for one in both:
            assert one.pid
            os.kill(one.pid, signal.SIGKILL)
            one.join(10)

    async def after() -> list[tuple[int, int]]:
        later = int((BEAT_SECONDS * 100) * 1e6)
        store = LmdbLimits(Table(tmp_path), "last", lambda: clock.wall() + later)
        await store.recover()
        found = [await used(store, n) for n in (1, 2, 3)]
        await store.aclose()
        return found

    first, second, third = asyncio.run(after())
    assert first == second
    assert first[1] == 0
    assert 0 <= first[0] - third[0] <= 24  # of each that was killed, at most one lease: charged whole
    assert third[0] > 100

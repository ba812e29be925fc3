"""Leases in LMDB that end in one turn of the loop are settled together, and none of them is lost or counted twice."""

import asyncio
from pathlib import Path

import pytest

from lockgate.core.limit import Charge, Claim, Lease, Shape, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.lmdb import clock
from lockgate.limits.lmdb.store import LmdbLimits
from lockgate.limits.lmdb.table import Table
from lockgate.limits.lmdb.tests import ROLLING, begun, name, used


async def test_what_ends_in_one_turn_of_the_loop_is_settled_together(tmp_path: Path) -> None:
    table = Table(tmp_path)
    store, other = await begun(table), LmdbLimits(table, "two", keep=True)
    leases = [(await store.reserve([Claim(name(1), ROLLING, 10)])).lease for _ in range(3)]
    for lease in leases:
        assert lease
        store.settle(lease, [2])
        store.settle(lease, [2])
    before = table.env.info()["last_txnid"]
    await asyncio.sleep(0)

    assert table.env.info()["last_txnid"] == before + 1
    assert await used(other) == (6, 0)
    await store.aclose()


async def test_what_ended_is_free_for_the_next_request_of_the_same_turn(tmp_path: Path) -> None:
    store = await begun(Table(tmp_path))
    whole = Claim(name(1), Shape("open", 1), 1)
    for _ in range(3):
        lease = (await store.reserve([whole])).lease
        assert lease
        store.settle(lease, [0])

    assert (await store.reserve([whole])).lease
    await store.aclose()


async def test_what_ended_is_not_lost_with_a_step_that_fails_nor_counted_in_a_memory_that_is_told_of_it(
    tmp_path: Path,
) -> None:
    table = Table(tmp_path)
    store = await begun(table)
    lease = (await store.reserve([Claim(name(1), ROLLING, 10)])).lease
    assert lease
    store.settle(lease, [2])
    with pytest.raises(StoreError):
        await store.extend(Lease(b"l" * 17, 0, lease.claims), [1])
    assert await used(store) == (2, 0)

    lease = (await store.reserve([Claim(name(1), ROLLING, 10)])).lease
    assert lease
    with table.env.begin(write=True) as txn:
        cursor = txn.cursor()
        while cursor.first():
            cursor.delete()
    store.settle(lease, [4])
    with pytest.raises(StoreEmptyError):
        await store.reserve([Claim(name(1), ROLLING, 10)])
    await store.restore([Charge(name(1), ROLLING, 6, clock.wall())])
    await store.beat()
    assert await used(store) == (6, 0)
    await store.aclose()


async def test_what_is_remembered_of_a_counter_ends_where_another_process_wrote(tmp_path: Path) -> None:
    table = Table(tmp_path)
    store, other = await begun(table), LmdbLimits(table, "two", keep=True)
    few = Claim(name(1), Shape("open", 10), 6)

    held = await store.reserve([few])
    refused = await store.reserve([few])  # writes nothing, so its transaction's number is still to be given
    assert held.lease
    assert refused.refused == (0,)
    store.settle(held.lease, [0])
    store.flush()
    assert (await store.reserve([few])).standings[0].held == 6
    assert (await store.reserve([few])).refused == (0,)
    assert (await other.reserve([Claim(name(1), Shape("open", 10), 4)])).lease

    assert (await store.reserve([Claim(name(1), Shape("open", 10), 1)])).refused == (0,)
    (standing,) = await store.read([few])
    assert standing.held == 10
    await store.aclose()


async def test_nothing_is_remembered_of_a_step_that_failed(tmp_path: Path) -> None:
    store = await begun(Table(tmp_path))
    held = (await store.reserve([Claim(name(1), ROLLING, 10)])).lease
    assert held
    store.settle(held, [7])
    with pytest.raises(StoreError):
        await store.extend(Lease(b"l" * 17, 0, held.claims), [1])

    assert await used(store) == (7, 0)  # once, though it was settled in the step that failed, too
    await store.aclose()

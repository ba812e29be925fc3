"""Leases in LMDB that end in one turn of the loop are settled together, and none of them is lost or counted twice."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lockgate.core.counter import HEAD, Counter
from lockgate.core.limit import Charge, Claim, Lease, Shape, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.lmdb import clock, leases
from lockgate.limits.lmdb.rows import Rows
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


async def test_a_row_is_written_as_the_counter_says(tmp_path: Path) -> None:
    table = Table(tmp_path)
    store = await begun(table)
    for amount in (3, 4):
        held = (await store.reserve([Claim(name(1), ROLLING, 10), Claim(name(2), ROLLING, amount, at_once=True)])).lease
        assert held
        store.settle(held, [amount, 0])
    await asyncio.sleep(0)

    for each in (name(1), name(2)):
        with table.env.begin() as txn:
            raw = txn.get(each)
        assert raw is not None
        assert store._rows.known[each].wire() == raw == Counter(raw).wire()
    await store.aclose()


SHAPES = (
    Shape("sliding", 50, 612),
    Shape("sliding", 50, 600),
    Shape("smooth", 60, 600, burst=20),
    Shape("open", 20),
    Shape("period", 60),
)
CLAIMS = st.lists(
    st.builds(
        lambda at, amount, at_once, shadow: Claim(name(at), SHAPES[at % 5], amount, at_once=at_once, shadow=shadow),
        st.integers(0, 9),
        st.integers(0, 12),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda claim: claim.counter,
    max_size=4,
).map(tuple)


PARTS = ("held", "total", "mark", "newest", "stale", "goes")


class Wary(Counter):
    """Never calm: whatever is charged goes the long way."""

    def calmed(self, shape: Shape) -> Counter:
        return self


LATER = st.integers(0, 12) | st.sampled_from((5, 60, 540, 599, 600, 605, 607, 609, 1300))


ONE = (Claim(name(0), SHAPES[0], 1, at_once=True),)


@given(st.lists(st.tuples(CLAIMS, LATER, st.booleans()), max_size=14))
@example([(ONE, 0, False), (ONE, 607, False), (ONE, 6, False)])  # the oldest slot leaves while the newest is the same
def test_what_is_calm_is_as_if_it_was_looked_at(steps: list[tuple[tuple[Claim, ...], int, bool]]) -> None:
    """Claims are made, some are settled in the end, and time passes: whatever a step says, the long way says it, too."""
    now, held = 1_000, list[tuple[Claim, ...]]()
    quick, slow = Rows(), Rows()
    quick.known, slow.known = ({name(at): kind(None) for at in range(10)} for kind in (Counter, Wary))
    for claims, later, settled in steps:
        now += later
        was = {key: row.wire() for key, row in quick.known.items()}
        verdict = leases._calm(quick, claims, now, b"key", 1)
        if verdict is None:
            assert {key: row.wire() for key, row in quick.known.items()} == was
            verdict = leases._looked_at(quick, claims, now, b"key", 1)

        assert verdict == leases._looked_at(slow, claims, now, b"key", 1)
        if verdict.lease is not None:
            held.append(claims)
        for rows in (quick, slow) if settled and held else ():
            leases.charge(rows, held[0], [claim.amount // 2 for claim in held[0]], now)
        held = held[1:] if settled else held
        for at in range(10):
            one, two, shape = quick.known[name(at)], slow.known[name(at)], SHAPES[at % 5]
            assert (one.held, one.mark, one.newest) == (two.held, two.mark, two.newest)
            assert one.wire() == HEAD.pack(*[getattr(one, part) for part in PARTS]) + one.older
            read = Counter(one.wire()).calmed(shape)  # as another process finds it
            assert read.calm == one.calm or now >= one.calm
            for moment in (now, now + 9, now + 590, now + 605):
                assert Counter(one.wire()).used(shape, moment, 0) == Counter(two.wire()).used(shape, moment, 0)

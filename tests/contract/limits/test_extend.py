"""A lease that becomes larger: all of it or not at all, as long as it is held."""

import pytest

from lockgate.core.limit import LimitStore
from lockgate.core.store import StoreError
from tests.contract.limits.makers import Shared
from tests.contract.limits.test_promises import AT_MOST_2, LEASE, claim, used


async def test_a_lease_becomes_larger_where_there_is_room(store: LimitStore) -> None:
    lease = (await store.reserve([claim(4), claim(1, AT_MOST_2, 2), claim(1, counter=3, at_once=True)])).lease
    assert lease
    verdict = await store.extend(lease, [5, 0, 9])

    assert verdict.lease
    assert [each.amount for each in verdict.lease.claims] == [9, 1, 1]
    assert [(each.used, each.held, each.free) for each in verdict.standings] == [(0, 9, 1), (0, 1, 1), (1, 0, 9)]
    store.settle(verdict.lease, [8, 0, 0])
    assert await used(store) == (8, 0)
    assert await used(store, AT_MOST_2, 2) == (0, 0)
    assert await used(store, counter=3) == (1, 0)


async def test_a_lease_becomes_larger_in_all_or_none(store: LimitStore) -> None:
    lease = (await store.reserve([claim(4), claim(1, AT_MOST_2, 2), claim(4, counter=3, shadow=True)])).lease
    assert lease
    verdict = await store.extend(lease, [1, 2, 100])

    assert (verdict.lease, verdict.refused, verdict.over) == (None, (1,), (2,))
    assert await used(store) == (0, 4)
    assert (await store.extend(lease, [6, 1, 100])).over == (2,)
    assert await used(store) == (0, 10)
    assert await used(store, counter=3) == (0, 104)


async def test_a_larger_lease_of_one_that_died_is_charged_whole(store: LimitStore, shared: Shared) -> None:
    other = shared.owner("two")
    await other.beat()
    lease = (await other.reserve([claim(3)])).lease
    assert lease
    larger = (await other.extend(lease, [4])).lease
    assert larger
    shared.time.now += LEASE
    await store.beat()

    assert await store.recover() == 1
    assert await used(store) == (7, 0)
    with pytest.raises(StoreError):
        await other.extend(larger, [1])
    assert await used(store) == (7, 0)

"""What a store of limits promises, one by one."""

import pytest

from lockgate.core.limit import LEASE_SECONDS, Charge, Claim, LimitStore, Shape, StoreEmptyError
from tests.contract.limits.makers import Shared

SECOND = 1_000_000
MINUTE = 60 * SECOND
ROLLING = Shape("sliding", 10, MINUTE)
AT_MOST_2 = Shape("open", 2)
BUCKET = Shape("smooth", 60, MINUTE, burst=10)
PERIOD = Shape("period", 10)
PERIOD_OF_30 = Shape("period", 30)
LEASE = int(LEASE_SECONDS * SECOND)


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


def claim(
    amount: int, shape: Shape = ROLLING, counter: int = 1, *, at_once: bool = False, shadow: bool = False
) -> Claim:
    return Claim(name(counter), shape, amount, at_once=at_once, shadow=shadow)


async def used(store: LimitStore, shape: Shape = ROLLING, counter: int = 1) -> tuple[int, int]:
    (standing,) = await store.read([claim(0, shape, counter)])
    return standing.used, standing.held


async def test_what_is_held_is_not_free(store: LimitStore) -> None:
    first = await store.reserve([claim(6)])
    second = await store.reserve([claim(5)])

    assert first.lease is not None
    assert first.standings[0].free == 4
    assert second.lease is None
    assert second.refused == (0,)
    assert await used(store) == (0, 6)


async def test_what_was_not_used_is_free_again(store: LimitStore) -> None:
    lease = (await store.reserve([claim(6)])).lease
    assert lease
    store.settle(lease, [2])

    assert await used(store) == (2, 0)
    assert (await store.reserve([claim(8)])).lease


async def test_settled_once(store: LimitStore) -> None:
    lease = (await store.reserve([claim(6)])).lease
    assert lease
    store.settle(lease, [2])
    store.settle(lease, [2])

    assert await used(store) == (2, 0)


async def test_all_or_none(store: LimitStore) -> None:
    await store.reserve([claim(1, AT_MOST_2, 2), claim(10, counter=1)])
    verdict = await store.reserve([claim(1, AT_MOST_2, 2), claim(1, counter=1), claim(3, counter=3, at_once=True)])

    assert verdict.lease is None
    assert verdict.refused == (1,)
    assert await used(store, AT_MOST_2, 2) == (0, 1)
    assert await used(store, counter=3) == (0, 0)


async def test_more_than_was_held_is_charged_in_full(store: LimitStore) -> None:
    lease = (await store.reserve([claim(6)])).lease
    assert lease
    store.settle(lease, [12])

    (standing,) = await store.read([claim(0)])
    assert (standing.used, standing.free) == (12, -2)
    assert (await store.reserve([claim(0)])).lease


async def test_a_shadow_counts_and_never_refuses(store: LimitStore) -> None:
    await store.reserve([claim(10, shadow=True)])
    verdict = await store.reserve([claim(5, shadow=True)])

    assert verdict.lease
    assert verdict.over == (0,)
    assert await used(store) == (0, 15)


async def test_at_once_leaves_nothing_to_settle(store: LimitStore) -> None:
    verdict = await store.reserve([claim(1, at_once=True)])

    assert verdict.lease is not None
    assert verdict.lease.id == b""
    assert await used(store) == (1, 0)


async def test_a_window_slides_and_says_when(store: LimitStore, shared: Shared) -> None:
    await store.reserve([claim(4, at_once=True)])
    shared.time.now += 20 * SECOND
    await store.reserve([claim(6, at_once=True)])
    verdict = await store.reserve([claim(5, at_once=True)])
    wait = verdict.standings[0].wait

    shared.time.now += wait - 1
    assert (await store.reserve([claim(5, at_once=True)])).lease is None
    shared.time.now += 1
    assert (await store.reserve([claim(10, at_once=True)])).lease


async def test_a_bucket_leaks_evenly(store: LimitStore, shared: Shared) -> None:
    for _ in range(10):
        assert (await store.reserve([claim(1, BUCKET, at_once=True)])).lease
    verdict = await store.reserve([claim(1, BUCKET, at_once=True)])

    assert verdict.standings[0].wait == BUCKET.interval == 1_200_000
    shared.time.now += BUCKET.interval
    assert (await store.reserve([claim(1, BUCKET, at_once=True)])).lease
    assert (await store.reserve([claim(1, BUCKET, at_once=True)])).lease is None


async def test_a_period_begins_anew(store: LimitStore) -> None:
    old, new = Claim(name(1), PERIOD, 8, at_once=True, since=100), Claim(name(1), PERIOD, 8, at_once=True, since=200)

    assert (await store.reserve([old])).lease
    assert (await store.reserve([old])).lease is None
    assert (await store.reserve([new])).lease
    assert (await store.reserve([old])).lease is None


async def test_an_owner_that_died_is_charged_with_all_it_held(store: LimitStore, shared: Shared) -> None:
    other = shared.owner("two")
    await other.beat()
    await other.reserve([claim(6), claim(1, AT_MOST_2, 2)])
    shared.time.now += LEASE - 1
    await store.beat()
    assert await store.recover() == 0

    shared.time.now += 1

    assert await store.recover() == 1
    assert await store.recover() == 0
    assert await used(store) == (6, 0)
    assert await used(store, AT_MOST_2, 2) == (0, 0)


async def test_a_lease_that_was_recovered_is_not_charged_again(store: LimitStore, shared: Shared) -> None:
    other = shared.owner("two")
    await other.beat()
    lease = (await other.reserve([claim(6)])).lease
    shared.time.now += LEASE
    await store.recover()
    assert lease
    other.settle(lease, [3])

    assert await used(store) == (6, 0)


async def test_s73_empty_is_not_nothing_spent(store: LimitStore, shared: Shared) -> None:
    lease = (await store.reserve([claim(3)])).lease
    shared.empty()

    for call in (store.reserve([claim(1)]), store.read([claim(1)]), store.beat()):
        with pytest.raises(StoreEmptyError):
            await call

    await store.beat() if await store.restore([Charge(name(1), ROLLING, 5, shared.time.now)]) else None
    assert await used(store) == (5, 0)
    assert not await store.restore([Charge(name(1), ROLLING, 5, shared.time.now)])
    assert lease
    store.settle(lease, [3])
    assert await used(store) == (8, 0)


async def test_what_is_restored_is_as_old_as_it_was(store: LimitStore, shared: Shared) -> None:
    shared.empty()
    now = shared.time.now
    charges = [
        Charge(name(1), ROLLING, 3, now - MINUTE - 2 * SECOND),
        Charge(name(1), ROLLING, 4, now - 30 * SECOND),
        Charge(name(2), BUCKET, 5, now - 3 * BUCKET.interval),
        Charge(name(3), PERIOD, 7, now, since=100),
        Charge(name(3), PERIOD, 2, now, since=200),
    ]
    await store.restore(charges)
    await store.beat()

    assert await used(store) == (4, 0)
    assert await used(store, BUCKET, 2) == (2, 0)
    assert await used(store, PERIOD, 3) == (2, 0)


async def test_an_owner_that_ends_in_order_leaves_nothing_held(store: LimitStore, shared: Shared) -> None:
    other = shared.owner("two")
    await other.beat()
    await other.reserve([claim(6)])

    await other.aclose()

    assert await used(store) == (6, 0)


async def test_a_period_adds_up(store: LimitStore) -> None:
    for spent in (5, 10, 15):
        verdict = await store.reserve([Claim(name(1), PERIOD_OF_30, 5, at_once=True, since=100)])

        assert verdict.standings[0].used == spent


async def test_what_nobody_can_have_used_closes_a_counter_and_breaks_nothing(store: LimitStore, shared: Shared) -> None:
    """Amounts that an upstream makes up: a store counts in 64 bits, and others are counted with the same step."""
    slow = Shape("smooth", 1000, 400 * 86_400 * SECOND, burst=100)
    shapes = (slow, Shape("sliding", 1000, 86_400 * SECOND), PERIOD)
    lease = (await store.reserve([claim(1, shape, 20 + at, shadow=True) for at, shape in enumerate(shapes)])).lease
    assert lease
    store.settle(lease, [1 << 48] * 3)

    assert (await store.reserve([claim(1)])).lease
    assert [(await used(store, shape, 20 + at))[0] >= shape.capacity for at, shape in enumerate(shapes)] == [True] * 3
    for _ in range(2):
        assert (await store.reserve([claim(1, slow, 20)])).refused == (0,)
        shared.time.now += 7 * 86_400 * SECOND


async def test_a_sum_that_no_store_can_write_is_cut(store: LimitStore, shared: Shared) -> None:
    shared.empty()
    charges = [
        Charge(name(at), shape, (1 << 53) - 1, shared.time.now)
        for at, shape in enumerate((ROLLING, BUCKET, PERIOD), 1)
        for _ in range(1100)
    ]

    assert await store.restore(charges)

    await store.beat()
    assert (await used(store, ROLLING, 1))[0] >= 1 << 53
    assert (await store.reserve([claim(1, BUCKET, 2)])).refused == (0,)
    assert (await used(store, PERIOD, 3))[0] >= 1 << 53


async def test_more_than_can_be_written_is_refused_as_any_other_amount(store: LimitStore) -> None:
    verdict = await store.reserve([claim(1 << 80), claim(1 << 80, BUCKET, 2), claim(1 << 80, PERIOD, 3)])

    assert verdict.refused == (0, 1, 2)
    assert (await store.reserve([claim(10)])).lease

"""R3, R4: owners behind a partition, a replica that takes over, many owners."""

import asyncio

import pytest

from lockgate.core.limit import Charge, StoreEmptyError
from lockgate.limits.redis.store import LATE, RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.integration.redis_owner import BUDGET, begun, claim, owner, patiently, refused, spent
from tests.redis_server import Server, server


async def test_R3_an_owner_behind_a_partition_is_charged_once_and_grants_nothing() -> None:
    """It cannot be heard, so what it holds is charged after its lease; it cannot ask, so it lets nothing through."""
    moment = [1_767_225_600_000_000]
    with server() as running:
        both = [
            RedisLimits(Connections(maker(running.url)), Who(name, "gateway", now=lambda: moment[0]), 1)
            for name in "ab"
        ]
        try:
            await both[0].restore(())
            for each in both:
                await each.beat()
            lease = (await both[1].reserve([claim(6)])).lease
            assert lease
            moment[0] += LATE
            await both[0].beat()

            assert await both[0].recover() == 1
            assert (await both[0].reserve([claim(5)])).lease is None
            both[1].settle(lease, [2])
            await both[1].flush()

            assert await spent(both[0]) == (6, 0)
        finally:
            for each in both:
                await each.aclose()


async def test_R4_a_replica_that_takes_over_is_noticed_and_told_what_was_spent() -> None:
    with server() as first, server() as second:
        second.ask("REPLICAOF", "127.0.0.1", "1")  # of nobody: it knows only what it is told below
        second.ask("REPLICAOF", "NO", "ONE")
        async with begun(first) as made, begun(first, "two") as other:
            for _ in range(6):
                await made.reserve([claim(1, at_once=True)])
            old = first.ask("DUMP", "{lockgate}:memory")
            assert old
            copy(first, second)
            for _ in range(3):
                await other.reserve([claim(1, at_once=True)])
            first.stop()
            second.socket.rename(first.socket)
            # the one that took over knows of six, and nine were spent
            with pytest.raises(StoreEmptyError):
                await patiently(lambda: made.reserve([claim(4)]))
            await made.restore([Charge(claim().counter, BUDGET, 9, 0, 100)])
            await patiently(made.beat)

            assert (await made.reserve([claim(2)])).lease is None
            assert (await patiently(lambda: other.reserve([claim(1)]))).lease


def copy(first: Server, second: Server) -> None:
    """All keys, as a replica has them."""
    first.ask("SAVE")
    second.stop()
    (first.folder / "dump.rdb").rename(second.folder / "dump.rdb")
    second.start()
    assert second.ask("EXISTS", "{lockgate}:memory") == b":1"


async def test_no_budget_is_exceeded_by_many_owners() -> None:
    with server() as running:
        async with begun(running, deadline=5) as one, owner(running, "two", deadline=5) as two:
            await two.beat()

            verdicts = await asyncio.gather(*[each.reserve([claim(1)]) for _ in range(100) for each in (one, two)])

            leases = [verdict.lease for verdict in verdicts if verdict.lease]
            assert len(leases) == 10
            one.settle(next(v.lease for v in verdicts[::2] if v.lease), [0])
            await one.flush()
            assert (await two.reserve([claim(1)])).lease


async def test_S73_until_every_gateway_has_told_budgets_are_closed() -> None:
    with server() as running:
        async with (
            owner(running, "a", instance="first", instances=2) as one,
            owner(running, "b", instance="second", instances=2) as two,
        ):
            await patiently(lambda: one.restore([Charge(claim().counter, BUDGET, 4, 0, 100)]))
            assert await refused(one) < 0.5
            with pytest.raises(StoreEmptyError):
                await patiently(lambda: two.reserve([claim()]))
            assert await patiently(lambda: two.restore([Charge(claim().counter, BUDGET, 5, 0, 100)]))

            assert (await patiently(lambda: one.reserve([claim(2)]))).lease is None
            assert (await patiently(lambda: two.reserve([claim(1)]))).lease

"""Alerts: each threshold once a period, whoever notices, and whatever the store does meanwhile."""

import asyncio
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lockgate.core.alert import reached
from lockgate.core.allowance import Limit
from lockgate.core.auth import Caller
from lockgate.core.limit import Charge, Claim, Shape
from lockgate.core.period import Calendar
from lockgate.core.store import StoreError
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.chosen import Applied
from lockgate.pipeline.ledger import Ledger
from tests.contract.limits.twin import Memory, Time, Twin

DOLLAR = 10**9
MONTH = Limit(("team", "shop"), "cost", Shape("period", 100 * DOLLAR), "team", "month", calendar=Calendar("month", UTC))
ROLLING = Limit(("team", "shop"), "cost", Shape("sliding", 100 * DOLLAR, 3_600_000_000), "user", "1h")
COUNTER = bytes(16)
NOW = 1_767_225_600.0


def claim(limit: Limit, amount: int, since: int = 1) -> Claim:
    return Claim(COUNTER, limit.shape, amount, at_once=True, since=since)


def ledger() -> Ledger:
    made = Ledger("r", NOW, 0.0)
    made.caller = Caller(key_id="k1", team="shop", user="ann")
    return made


class Shop:
    """Workers that share a memory, and each watch."""

    def __init__(self, limit: Limit, workers: int = 2) -> None:
        self.limit, self.memory = limit, Memory(Time())
        self.stores = [Twin(self.memory, str(n)) for n in range(workers)]
        self.watches = [BudgetWatch((50, 80, 100)) for _ in range(workers)]

    async def begin(self) -> "Shop":
        await self.stores[0].restore([Charge(bytes([9]) * 16, self.limit.shape, 0)])
        return self

    async def spend(self, dollars: int, worker: int = 0, since: int = 1) -> None:
        asked = claim(self.limit, dollars * DOLLAR, since)
        verdict = await self.stores[worker].reserve([asked])
        applied = Applied(self.limit, COUNTER)
        self.watches[worker].note(applied, asked, ledger(), refused=verdict.lease is None)

    async def told(self, worker: int = 0) -> list[int]:
        return [alert.percent for alert in await self.watches[worker].check(self.stores[worker], NOW)]


async def test_each_threshold_is_told_once_by_whoever_is_first() -> None:
    shop = await Shop(MONTH).begin()
    await shop.spend(49)
    assert await shop.told() == []
    await shop.spend(1)
    await shop.spend(0, worker=1)
    assert (await shop.told(), await shop.told(1)) == ([50], [])
    await shop.spend(40, worker=1)
    await shop.spend(0)
    assert (await shop.told(1), await shop.told()) == ([80], [])

    await shop.spend(20)

    assert (await shop.told(), await shop.told(1)) == ([100], [])


async def test_all_that_were_passed_at_once_are_told_and_a_new_period_begins_anew() -> None:
    shop = await Shop(MONTH).begin()
    await shop.spend(100)
    assert await shop.told() == [50, 80, 100]

    await shop.spend(60, since=2)

    assert await shop.told() == [50]


async def test_a_rolling_budget_tells_again_when_the_first_time_is_over() -> None:
    shop = await Shop(ROLLING).begin()
    await shop.spend(60)
    assert await shop.told() == [50]
    shop.memory.time.now += 1_800_000_000
    await shop.spend(1)
    assert await shop.told() == []
    shop.memory.time.now += 3_700_000_000

    await shop.spend(55)

    assert await shop.told() == [50]


async def test_what_an_alert_says() -> None:
    shop = await Shop(MONTH).begin()
    await shop.spend(81)

    _, alert = await shop.watches[0].check(shop.stores[0], NOW)

    assert (alert.budget, alert.percent, alert.used_usd, alert.max_usd) == ("team/shop:cost:month", 80, "81", "100")
    assert (alert.period, alert.resets, alert.whose) == ("2026-01", "2026-02-01T00:00:00Z", {"team": "shop"})
    rolling = await Shop(ROLLING).begin()
    await rolling.spend(50)
    (alert,) = await rolling.watches[0].check(rolling.stores[0], NOW)
    assert (alert.period, alert.resets, alert.whose) == ("1h", "", {"user": "ann"})


@pytest.mark.parametrize("method", ["read", "reserve"])
async def test_nothing_is_forgotten_while_the_store_is_away(method: str) -> None:
    shop = await Shop(MONTH).begin()
    await shop.spend(60)
    away = Away(shop.stores[0], method)
    with pytest.raises(StoreError):
        await shop.watches[0].check(away, NOW)  # type: ignore[arg-type]

    assert await shop.told() == [50]


class Away:
    """A store that does not answer one kind of call."""

    def __init__(self, store: Twin, method: str) -> None:
        self._store, self._method = store, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise StoreError("away")
        return getattr(self._store, name)


@settings(deadline=None)
@given(some.lists(some.tuples(some.integers(0, 40), some.integers(0, 2), some.booleans()), max_size=25))
def test_whatever_happens_in_whatever_order_each_is_told_once(steps: list[tuple[int, int, bool]]) -> None:
    async def run() -> None:
        shop = await Shop(MONTH, workers=3).begin()
        told: list[int] = []
        for dollars, worker, look in steps:
            await shop.spend(dollars, worker)
            if look:
                told += await shop.told(worker)
        for worker in range(3):
            told += await shop.told(worker)
        (standing,) = await shop.stores[0].read([claim(MONTH, 0)])
        assert len(set(told)) == len(told)
        assert set(told) >= {each for each in (50, 80, 100) if standing.used >= each * DOLLAR}

    asyncio.run(run())


@given(some.integers(0, 10**15), some.integers(1, 10**15), some.booleans())
def test_reached(used: int, most: int, refused: bool) -> None:
    assert (
        reached((100, 50, 80), used, most, refused=refused)
        == tuple(each for each in (50, 80, 100) if used >= most * each / 100 or (refused and each == 100))
        or used * 100 % most == 0
    )

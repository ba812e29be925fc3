"""S71, S73: processes are killed under load, and the store is lost: nothing that was spent is forgotten, replayed or not.

LOCKGATE_KILLS is how many processes are killed: a few in the suite, 200 on demand.
"""

import asyncio
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from lockgate.app.limits import limits
from lockgate.app.load import load
from lockgate.app.restore_limits import charges
from lockgate.core.limit import Claim, LimitStore
from lockgate.core.limit_store import Place
from lockgate.limits.lmdb import plugin as lmdb
from lockgate.pipeline.applies import counter
from tests.e2e.process import Running, eventually
from tests.e2e.shop import buy, outcomes, shop

KILLS = int(os.environ.get("LOCKGATE_KILLS", "4"))
BUDGET = "budgets: [{max_usd: 100000, per: 30d}]"
SPENT, WORST = 500_000_000, 1_000_000_000
"""Nanodollars: what a request costs, and what is reserved for it."""


def the_claim(gateway: Running) -> Claim:
    """What the team's budget is counted in."""
    (limit,) = limits(load(gateway.file, dict(gateway.env)).valid).at["team", "shop"]
    return Claim(counter(limit, "shop"), limit.shape, 0)


async def standing(gateway: Running, *, later: float = 0) -> tuple[int, int]:
    """Used and held, in nanodollars, once nobody serves any more; or as it is after so many seconds."""

    def now() -> int:
        return int((time.time() + later) * 1e6)

    store: LimitStore = lmdb().build(Place(gateway.data, f"test-{random.random()}", now if later else None))
    try:
        if later:
            await store.recover()
        (found,) = await store.read([the_claim(gateway)])
        return found.used, found.held
    finally:
        await store.aclose()


async def restored(gateway: Running) -> tuple[int, int]:
    store = lmdb().build(Place(gateway.data, "restorer"))
    assert await store.restore(charges(gateway.data / "audit"))
    await store.aclose()
    return await standing(gateway)


@contextmanager
def load_on(gateway: Running, buyers: int = 12) -> Iterator[None]:
    stop, numbers = threading.Event(), iter(range(10**9))

    def buying() -> None:
        while not stop.is_set():
            buy(gateway, f"b-{next(numbers)}")

    crowd = [threading.Thread(target=buying) for _ in range(buyers)]
    for one in crowd:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in crowd:
            one.join()


def workers(gateway: Running) -> list[int]:
    """The desk is the one that has the admin listener; the others have the data plane."""
    return sorted(gateway.children)[1:]


def test_S71_workers_are_killed_under_load(tmp_path: Path) -> None:
    dice = random.Random(71)
    with shop(tmp_path, BUDGET, workers=2) as (gateway, till):
        with load_on(gateway):
            for _ in range(KILLS):
                time.sleep(dice.uniform(0.3, 0.7) if KILLS < 5 else dice.uniform(2.6, 3.0))  # or the parent gives up
                victim = dice.choice(workers(gateway))
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                eventually(lambda: len(gateway.children) == 3, 10)
        begun = len(till.begun)

    finished = outcomes(gateway, "b-")
    answered = [line for line in finished.values() if line["status"] == 200]
    used, held = asyncio.run(standing(gateway))
    assert len(answered) > 20
    assert {line["cost_usd"] for line in answered} == {"0.5"}
    assert used + held >= begun * SPENT  # what reached the upstream is in the ledger
    assert held % WORST == 0
    assert 0 <= used - len(answered) * SPENT <= KILLS * 12 * WORST

    after, nothing = asyncio.run(standing(gateway, later=60))
    assert (after, nothing) == (used + held, 0)  # what the dead held was charged whole


def test_S71_S73_the_whole_gateway_is_killed_and_the_store_is_lost(tmp_path: Path) -> None:
    with shop(tmp_path, BUDGET, workers=2) as (gateway, till):
        with load_on(gateway):
            eventually(lambda: len(till.done) > 60, 20)
            os.killpg(gateway.process.pid, signal.SIGKILL)
            gateway.process.wait()
        begun = len(till.begun)
    logged = sum(charge.amount for charge in charges(gateway.data / "audit"))
    unfinished = logged - len([line for line in outcomes(gateway, "b-").values() if line["cost_usd"]]) * SPENT

    assert logged >= begun * SPENT
    assert unfinished % WORST == 0

    for _ in range(2):  # replayed twice, it is the same
        shutil.rmtree(gateway.data / "limits")
        assert asyncio.run(restored(gateway)) == (logged, 0)


def test_S73_an_emptied_store_is_not_nothing_spent(tmp_path: Path) -> None:
    """The file is removed under a running gateway: the budget that was used up stays used up."""
    with shop(tmp_path, "budgets: [{max_usd: 2, per: 30d}]", workers=2) as (gateway, till):
        told = [buy(gateway, f"s73-{n}") for n in range(6)]
        assert told == [200] * 3 + [429] * 3

        shutil.rmtree(gateway.data / "limits")
        eventually(
            lambda: "6 charges were restored" not in gateway.stderr and "3 charges were restored" in gateway.stderr, 15
        )
        assert [buy(gateway, f"after-{n}") for n in range(8)] == [429] * 8
        assert len(till.done) == 3

    assert "Traceback" not in gateway.stderr


@pytest.mark.parametrize("boot", ["another life of the machine"])
def test_S73_a_machine_that_went_down_begins_with_what_the_log_says(tmp_path: Path, boot: str) -> None:
    with shop(tmp_path, "budgets: [{max_usd: 2, per: 30d}]", workers=2) as (gateway, _):
        assert [buy(gateway, f"first-{n}") for n in range(4)] == [200, 200, 200, 429]
        os.killpg(gateway.process.pid, signal.SIGKILL)
        gateway.process.wait()
    (gateway.data / "limits" / "boot").write_text(boot)
    (gateway.data / "limits" / "data.mdb").write_bytes(b"half a page of nonsense" * 1000)

    with shop(tmp_path, "budgets: [{max_usd: 2, per: 30d}]", workers=2) as (again, till):
        assert [buy(again, f"second-{n}") for n in range(4)] == [429] * 4
        assert till.begun == []

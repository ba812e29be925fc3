"""S70: four workers and 200 requests at once never spend more than there is, and refuse nobody afterwards without need."""

import threading
from pathlib import Path

import pytest

from tests.e2e.process import eventually
from tests.e2e.shop import buy, outcomes, rush, shop


def test_S70_a_budget_of_ten_admits_ten_of_two_hundred(tmp_path: Path) -> None:
    """Each may cost a dollar and costs half of it: while ten are under way, nothing is left; afterwards five dollars are."""
    with shop(tmp_path) as (gateway, till):
        till.open.clear()
        told = {}
        crowd = threading.Thread(target=lambda: told.update(rush(gateway, [f"s70-{n}" for n in range(200)])))
        crowd.start()
        eventually(lambda: len(till.begun) >= 10, 20)
        eventually(lambda: len(outcomes(gateway, "s70-")) >= 190, 20)
        assert len(till.begun) == 10
        till.open.set()
        crowd.join()

        assert told == {200: 10, 429: 190}

        # 5 dollars are spent. A request passes as long as a whole dollar is left: nine more, of half a dollar each.
        after = [buy(gateway, f"after-{n}") for n in range(12)]
        assert after == [200] * 9 + [429] * 3
        assert len(till.done) == 19
        assert sum(float(line["cost_usd"] or 0) for line in outcomes(gateway).values()) == 9.5


def test_S70_what_is_only_held_is_no_used_up_budget(tmp_path: Path) -> None:
    """While others are under way the client may come back; when the money is gone, it may not."""
    with shop(tmp_path, "budgets: [{max_usd: 1.5, per: 30d}]", workers=2) as (gateway, till):
        till.open.clear()
        first = threading.Thread(target=lambda: buy(gateway, "first"))
        first.start()
        eventually(lambda: till.begun)

        assert buy(gateway, "held") == 429
        till.open.set()
        first.join()
        assert buy(gateway, "second") == 200
        assert buy(gateway, "third") == 429

    assert {name: line["code"] for name, line in outcomes(gateway).items()} == {
        "first": "",
        "held": "rate_limit_exceeded",
        "second": "",
        "third": "insufficient_quota",
    }


@pytest.mark.parametrize("limit", ["{kind: requests, max: 10, per: 1h}", "{kind: concurrency, max: 10}"])
def test_S70_ten_requests_of_two_hundred(tmp_path: Path, limit: str) -> None:
    with shop(tmp_path, f"limits: [{limit}]") as (gateway, till):
        till.open.clear()
        told = {}
        crowd = threading.Thread(target=lambda: told.update(rush(gateway, [f"s70-{n}" for n in range(200)])))
        crowd.start()
        eventually(lambda: len(outcomes(gateway, "s70-")) >= 190, 20)
        till.open.set()
        crowd.join()

        assert told == {200: 10, 429: 190}
        assert len(till.begun) == 10
        assert buy(gateway, "after") == (200 if "concurrency" in limit else 429)

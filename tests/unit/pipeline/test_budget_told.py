"""Which refusals are a reason to tell of a budget."""

from dataclasses import replace
from typing import Any

import msgspec

from lockgate.pipeline.budget_watch import BudgetWatch
from tests.fakes import Script
from tests.unit.pipeline.gateway import chat, openai_answer
from tests.unit.pipeline.limited import Shop, a_budget


class Twice(Script):
    """While it is asked, the same is asked once more."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(openai_answer())
        self.shop, self.second = shop, b""

    async def send(self, outbound: Any) -> Any:
        _, self.second = await self.shop.ask(Script(), chat("cheap", max_tokens=100))
        return await super().send(outbound)


async def test_a_budget_is_told_of_when_it_is_used_up_and_not_when_others_are_under_way() -> None:
    for most, code, percents in ((0.15, "rate_limit_exceeded", []), (0.05, "insufficient_quota", [100])):
        shop, watch = Shop(a_budget(most, per="month")), BudgetWatch((50, 80, 100))
        shop.admission = replace(shop.admission, watch=watch)
        script = Twice(shop)
        _, first = await shop.ask(script, chat("cheap", max_tokens=100))

        refused = script.second or first
        assert msgspec.json.decode(refused)["error"]["code"] == code
        assert [alert.percent for alert in await watch.check(shop.store, 0.0)] == percents

"""The small gateway with limits, counted in the twin's memory; and one whose store is away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.app.limits import budget, limit
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.core.access import Access
from lockgate.core.allowance import Limit, Limits, Place, Tally
from lockgate.core.exchange import Route
from lockgate.core.header_policy import HeaderPolicy
from lockgate.core.http import Reply
from lockgate.core.limit import Claim, Verdict
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.core.store import StoreError
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.applies import Applies
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.serve import serve
from tests.contract.limits.twin import Memory, Time, Twin
from tests.fakes import Notebook, Script, StoppedClock, inbound
from tests.unit.pipeline.gateway import CLAUDE, KEY, OPENAI, gateway, policies, rules, whole

USD = 10**18
"""Attodollars."""
TEAM: Place = ("team", "shop")
WAY = frozenset((b"x-lockgate-target", b"x-lockgate-attempts", b"x-lockgate-cost", b"via"))
CHEAP = replace(OPENAI, quotes=always(filled({"input": ((0, 0),), "output": ((0, USD // 1000),)})))
DEAR = replace(CLAUDE, quotes=always(filled({"input": ((0, 0),), "output": ((0, USD // 100),)})))


class Away(Twin):
    """Nobody answers."""

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        raise StoreError("it is away")


class Shop:
    """One memory for all requests. `notebook` has the records of the last one."""

    def __init__(self, *limits: Limit, away: bool = False, workers: int = 2) -> None:
        self.time, self.clock = Time(), StoppedClock()
        self.memory = Memory(self.time, epoch=1)
        self.store = (Away if away else Twin)(self.memory, "shop")
        self.admission = Admission(Applies(Limits.of(limits)), self.store, LocalLimits(workers, self.time), Tally())
        self.notebook = Notebook()

    async def ask(
        self, script: Script, body: dict[str, Any], *headers: tuple[bytes, bytes], path: str = "/v1/chat/completions"
    ) -> tuple[Reply, bytes]:
        self.notebook = Notebook()
        routes = {
            "fast": Route("fast", (OPENAI,)),
            "cheap": Route("cheap", (CHEAP,)),
            "dear": Route("dear", (DEAR,)),
            "both": Route("both", (CHEAP, DEAR)),
            "twice": Route("twice", (CHEAP, CHEAP)),
            "mixed": Route("mixed", (OPENAI, DEAR)),
            "guarded": Route("guarded", (CHEAP,), rules("mask", "request"), rules("mask", "response")),
            "discreet": Route("discreet", (CHEAP,), headers=HeaderPolicy(reply_remove=WAY)),
            "bounded": Route("bounded", (CHEAP,), max_input=5000, max_output=40),
        }
        plain = gateway(script, self.notebook)
        made = replace(
            plain, clock=self.clock, admission=self.admission, policies=policies(routes, shop=Access(models=("*",)))
        )
        method = "GET" if path == "/v1/models" else "POST"
        reply = await serve(made, inbound(path, msgspec.json.encode(body), *(headers or (KEY,)), method=method))
        return reply, await whole(reply)

    @property
    def held(self) -> int:
        return len(self.memory.leases)

    def charged(self, place: Place = TEAM) -> int:
        """All that was charged to anything."""
        return sum(amount for row in self.memory.charged.values() for _, amount, _ in row)


def a_limit(kind: str, most: int, per: str | None = "1m", place: Place = TEAM, **more: Any) -> Limit:
    made: Any = {"kind": kind, "max": most, "per": per, **more}
    return limit(place, msgspec.convert(made, LimitSettings))


def a_budget(usd: float, place: Place = TEAM, per: str = "30d", **more: Any) -> Limit:
    return budget(place, msgspec.convert({"max_usd": usd, "per": per, **more}, BudgetSettings))

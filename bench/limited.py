"""Limits, timed: the store alone, a request through the pipeline with four limits, and a gateway with them beside one without."""

import asyncio
import atexit
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import pipeline
from lockgate.app.limits import limits
from lockgate.app.settings import Config, TeamSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.core.allowance import Tally
from lockgate.core.limit import Claim, LimitStore, Shape
from lockgate.core.limit_store import Place
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.limits.lmdb import plugin as lmdb
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.applies import Applies
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.serve import Gateway

MOST = 10**12
IN_THE_FILE = (
    "limits: [{kind: requests, max: 100000000, per: 1m}, {kind: tokens, max: 1000000000000, per: 1m}, "
    "{kind: concurrency, max: 100000}], budgets: [{max_usd: 1000000, per: 30d}]"
)
"""Three limits and a budget, of a team."""
RULES = """\
rules:
  - {name: privacy, guard: {kind: pii}, on: [request, response], action: mask}
  - {name: no-secrets, guard: {kind: secrets}, on: [request, response], action: mask}
  - {name: no-injection, guard: {kind: injection}, on: [request, response], action: block}
"""
"""Three guards, both ways, for the gateway that is guarded in place of limited."""
_TEAM = TeamSettings(
    models=("*",),
    limits=(
        LimitSettings("requests", MOST, "1m"),
        LimitSettings("tokens", MOST, "1m"),
        LimitSettings("concurrency", MOST),
    ),
    budgets=(BudgetSettings(1e6, "30d"),),
)


def store() -> LimitStore:
    """In a folder that is gone when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="lockgate-bench-limits-")
    made = lmdb().build(Place(Path(folder.name), "bench"))
    atexit.register(folder.cleanup)
    asyncio.run(made.restore(()))
    asyncio.run(made.beat())
    return made


class Scopes:
    """Four claims as of a request: requests charged at once, the others held; `ask` reserves and settles them."""

    def __init__(self) -> None:
        self.store = store()
        shapes = (Shape("sliding", MOST, 60_000_000), Shape("sliding", MOST, 60_000_000), Shape("open", MOST))
        shapes = (*shapes, Shape("sliding", MOST, 30 * 86_400_000_000))
        self.claims = tuple(
            Claim(number.to_bytes(16, "big"), shape, 1 if number in (0, 2) else 1000, at_once=number == 0)
            for number, shape in enumerate(shapes)
        )
        self.used = (1, 500, 0, 500)

    def ask(self) -> None:
        verdict = pipeline.finished(self.store.reserve(self.claims))
        assert verdict.lease is not None
        self.store.settle(verdict.lease, self.used)


def gateway() -> Gateway:
    """The bench's gateway, with the limits and the prices that they need."""
    plain = pipeline.gateway()
    quotes = always(filled({"input": ((0, 10**12),), "output": ((0, 10**13),)}))
    routes = {
        name: replace(route, upstreams=tuple(replace(each, quotes=quotes) for each in route.upstreams), max_output=1000)
        for name, route in pipeline.routes().items()
    }
    admission = Admission(
        Applies(limits(Config(version=1, teams={"bench": _TEAM}))), store(), LocalLimits(1, lambda: 0), Tally()
    )
    return replace(plain, policies=pipeline.policies(routes), admission=admission)

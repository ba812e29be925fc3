"""What it takes to choose among twenty targets, for each balancer: the view of their health included, and one of them out."""

from dataclasses import replace
from hashlib import blake2b
from random import random
from time import monotonic

from bench.phases import best
from bench.table import Row
from lockgate.core.balance import BalanceConfig
from lockgate.core.body import head
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.health import Outcome
from lockgate.core.http import Origin
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.core.registry import configs
from lockgate.core.view import Moment
from lockgate.dialects import openai_chat
from lockgate.health import Enlisted, Shared, Table
from lockgate.pipeline.plan import planned
from lockgate.providers import openai

TARGETS = 20
SECONDS = 0.1
AIM = 5.0
DOLLAR = 10**12
"""For a million tokens, in attodollars for one."""


def rows() -> list[Row]:
    body = b'{"model":"m","max_tokens":99,"messages":[{"role":"user","content":"What is the capital of France?"}]}'
    call = Call(openai_chat.plugin, "chat", Ask("m", stream=True), head(body), ((b"x-session-id", b"s-1234567890"),))
    kinds = configs("lockgate.balancers", BalanceConfig)
    found = [
        Row(f"{name}, {TARGETS} targets", "µs", gateway=_cost(kind, call), most=AIM) for name, kind in kinds.items()
    ]
    out = _cost(kinds["weighted"], call, out=True)
    return [*found, Row(f"weighted, {TARGETS} targets, one of them out", "µs", gateway=out, most=2 * AIM)]


def _cost(kind: type[BalanceConfig], call: Call, *, out: bool = False) -> float:
    table = Table(Shared(64))
    targets = tuple(_target(at) for at in range(TARGETS))
    table.enlist([Enlisted(f"u{at}", at + 1, f"u{at}") for at in range(TARGETS)], [range(TARGETS)])
    for each in targets:
        table.began(each)
        table.answered(each, 0.3, 0.8)
        table.ended(each, Outcome("ok", total_s=0.9), answered=True)
    for _ in range(5 * out):
        table.began(targets[3])
        table.ended(targets[3], Outcome("connect", total_s=0.001), answered=False)
    route = Route("m", targets, balancer=kind().build())
    moment = Moment(monotonic(), 1_767_225_600.0, 7, random, "key_1", 1100)
    return best(lambda: planned(route, call, table, _now(moment, route)), SECONDS)


def _now(moment: Moment, route: Route) -> Moment:
    """A moment for each request, as `serve` makes them."""
    return Moment(moment.now, moment.wall, next(route.turns), moment.random, moment.who, moment.size)


def _target(at: int) -> Upstream:
    origin = Origin("https", "upstream.example", 443)
    seed = int.from_bytes(blake2b(b"%d" % at, digest_size=4).digest()) >> 2  # as a route gives them
    made = Upstream(f"u{at}", openai.plugin, origin, "/v1", None, place=at, seed=seed)
    return replace(
        made, quotes=always(filled({"input": ((0, (3 + at % 7) * DOLLAR),), "output": ((0, (9 + at % 5) * DOLLAR),)}))
    )

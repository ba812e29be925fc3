"""Upstreams, calls, views, moments and a table of health, for tests of what chooses among them."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import count
from random import Random

import msgspec

from lockgate.core.body import head
from lockgate.core.breaker import Rules
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Balancer, Call, Route, Upstream
from lockgate.core.health import Outcome, OutcomeKind
from lockgate.core.http import Headers, Origin
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.view import FINE, Moment, State, View
from lockgate.dialects import openai_chat
from lockgate.health import Enlisted, Shared, Table
from lockgate.pipeline.plan import planned
from lockgate.providers import openai

ORIGIN = Origin("https", "upstream.example", 443)


def upstreams(
    *weights: int, groups: Sequence[int] = (), quotes: Sequence[Quotes] = (), names: Sequence[str] = ()
) -> tuple[Upstream, ...]:
    return tuple(
        Upstream(
            names[at] if names else f"u{at}",
            openai.plugin,
            ORIGIN,
            "/v1",
            None,
            place=at,
            weight=weight,
            group=groups[at] if groups else 0,
            seed=int.from_bytes(blake2b(f"u{at}".encode(), digest_size=4).digest()) >> 2,
            quotes=quotes[at] if quotes else UNKNOWN,
        )
        for at, weight in enumerate(weights)
    )


def call(*, stream: bool = False, headers: Headers = (), **body: object) -> Call:
    raw = msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "hi"}], **body})
    return Call(openai_chat.plugin, "chat", Ask("m", stream), head(raw), headers)


def route(balancer: Balancer | None, *targets: Upstream) -> Route:
    grouped = len({target.group for target in targets}) > 1
    return Route("m", targets, balancer=balancer, grouped=grouped, turns=count())


def view(*states: State, now: float = 0.0, full: frozenset[str] = frozenset()) -> View:
    states = states or (FINE,) * 40
    bad = frozenset(at for at, state in enumerate(states) if not state.well(now))
    return View((*states, FINE), bad, full)


def moment(now: float = 0.0, turn: int = 0, *, seed: int = 1, who: str = "key_1", size: int = 100) -> Moment:
    return Moment(now, 1_767_225_600.0, turn, Random(seed).random, who, size)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """Some workers over one memory, each with the same upstreams."""

    def __init__(
        self,
        upstreams_: int = 3,
        workers: int = 1,
        *,
        requests: int = 0,
        pending: int = 0,
        pools: Sequence[Sequence[int]] = (),
    ) -> None:
        self.clock = Clock()
        shared = Shared(64)
        self.tables = [Table(shared, clock=self.clock, chance=lambda: 0.5) for _ in range(workers)]
        wanted = [
            Enlisted(f"u{at}/m", at + 1, f"u{at}", Rules(), requests=requests, pending=pending)
            for at in range(upstreams_)
        ]
        for table in self.tables:
            assert table.enlist(wanted, pools or [range(upstreams_)]) == list(range(upstreams_))
        self.targets = upstreams(*[1] * upstreams_)

    def attempt(self, at: int, kind: OutcomeKind = "ok", worker: int = 0, times: int = 1, **more: float) -> None:
        table = self.tables[worker]
        for _ in range(times):
            table.began(self.targets[at])
            table.ended(self.targets[at], Outcome(kind, **more), answered=False)  # type: ignore[arg-type]

    def plan(self, worker: int = 0) -> list[int]:
        now = moment(self.clock.now)
        return [each.place for each in planned(route(None, *self.targets), call(), self.tables[worker], now)]

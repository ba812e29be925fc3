"""I4: whatever becomes of attempts, and however many there are, nothing is charged that was not reserved before it went out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Outbound
from lockgate.core.limit import Lease, Verdict
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import Hedge, Retry
from lockgate.core.store import StoreError
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.pace import LEAST, Paces
from lockgate.pipeline.retry_budget import RetryBudget, target
from lockgate.pipeline.serve import serve
from tests.contract.limits.twin import Twin
from tests.fakes import Answered, Coming, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, gateway, openai_answer, policies, whole
from tests.unit.pipeline.limited import CHEAP, DEAR, Shop, a_budget, a_limit
from tests.unit.pipeline.test_unheard import claude_answer, late

ONE = 8 * 10_000_000
"""Nanodollars of the longest answer of the dearest target."""
ALSO = replace(CHEAP, model="gpt-other")
ROUTE = Route("m", (CHEAP, ALSO, DEAR), retry=Retry(attempts=3))
OUT_OF_REACH = Problem(Kind.UNREACHABLE, "refused", source="upstream")
SILENT: tuple[Any, ...] = ("timeout", "reset", 504, 408)
"""What may have been worked on."""
FREE: tuple[Any, ...] = ("refused", 503, 429)


class Exact(Twin):
    """Nothing is charged that is not held, and nothing is held that there is no room for."""

    async def reserve(self, claims: Any) -> Verdict:
        return self.sound(await super().reserve(claims))

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        return self.sound(await super().extend(lease, more))

    def sound(self, verdict: Verdict) -> Verdict:
        if verdict.lease is not None:
            assert all(standing.free >= 0 for standing in verdict.standings)
        return verdict

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        held = self.memory.leases[lease.id].claims
        for claim, amount in zip(held, used, strict=True):
            assert claim.at_once or amount <= claim.amount, (claim, amount)
        super().settle(lease, used)


@dataclass
class Line:
    """The upstreams of one request: what comes of each attempt, and after how many turns of the loop."""

    fates: list[tuple[Any, int]]
    shop: Shop
    notebook: Notebook
    maybe: int = 0
    sent: list[Outbound] = field(default_factory=list)

    async def send(self, outbound: Outbound) -> Arrival:
        self.sent.append(outbound)
        self.maybe += 1
        journal = [charge.amount for record in self.notebook.records for charge in record.charges]
        assert sum(journal) >= self.maybe * ONE, "it is not written down what this may cost"
        fate, turns = self.fates.pop(0) if self.fates else (503, 0)
        for _ in range(turns):
            await asyncio.sleep(0.002)
        if fate in FREE:
            self.maybe -= 1
        problems = {
            "timeout": late(),
            "refused": OUT_OF_REACH,
            "reset": Problem(Kind.UPSTREAM_RESET, "", source="upstream"),
        }
        if fate in problems:
            raise problems[fate]
        ours = b"anthropic" if outbound.target.endswith("/messages") else b""
        answer = (claude_answer() if ours else openai_answer()) if fate == 200 else Answered(fate, [b"{}"])
        return Arrival(answer.status, answer.headers, Coming(answer.chunks))


def eager() -> Effort:
    """Knows all targets as quick ones, waits for nobody, and never tires."""
    paces = Paces()
    for upstream in ROUTE.upstreams:
        for _ in range(LEAST):
            paces.note(target(upstream), 0.001)
    return Effort(RetryBudget(10**6), random=lambda: 0.0, sleep=lambda _: asyncio.sleep(0), paces=paces)


async def one(shop: Shop, fates: list[tuple[Any, int]], *, hedged: bool) -> tuple[int, Line]:
    notebook = Notebook()
    line = Line(fates, shop, notebook)
    route = replace(ROUTE, hedge=Hedge(least=0.003)) if hedged else ROUTE
    made = replace(
        gateway(Script(), notebook),
        transport=line,
        admission=shop.admission,
        effort=eager(),
        policies=policies({"m": route}, shop=Access(models=("m",))),
    )
    body = msgspec.json.encode(chat("m", max_tokens=8))
    reply = await serve(made, inbound("/v1/chat/completions", body, KEY, (b"idempotency-key", b"k")))
    await whole(reply)
    return reply.status, line


def shop_of(*limits: Any) -> Shop:
    shop = Shop(*limits)
    shop.store = Exact(shop.memory, "shop")  # type: ignore[assignment]
    shop.admission = replace(shop.admission, store=shop.store)
    return shop


fates = st.lists(st.tuples(st.sampled_from((*SILENT, *FREE, 200)), st.sampled_from((0, 0, 1, 4))), max_size=7)


@settings(max_examples=60, deadline=None)
@given(requests=st.lists(st.tuples(fates, st.booleans()), min_size=1, max_size=4), attempts=st.integers(1, 12))
def test_I4_any_attempts_side_by_side_keep_within_the_budget(requests: Any, attempts: int) -> None:
    most = attempts * ONE

    async def run() -> None:
        shop = shop_of(
            a_budget(most / 1e9), a_limit("tokens", 10**6), a_limit("requests", 9, place=("provider", "oai"))
        )
        done = await asyncio.gather(*(one(shop, list(fates), hedged=hedged) for fates, hedged in requests))
        outcomes = [line.notebook.outcome for _, line in done]
        assert all(status in (200, 429, 402, 408, 502, 503, 504) for status, _ in done)
        assert shop.held == 0
        money = sum(charge.amount for outcome in outcomes for charge in outcome.charges)
        charged = [sum(amount for _, amount, _ in row) for row in shop.memory.charged.values()]
        assert money <= most
        assert money in charged or not charged

    asyncio.run(run())


@pytest.mark.parametrize("hedged", [False, True], ids=["plain", "hedged"])
async def test_I4_without_room_for_two_the_lost_attempt_is_all(*, hedged: bool) -> None:
    shop = shop_of(a_budget(1.5 * ONE / 1e9))

    status, line = await one(shop, [("timeout", 4), (200, 0)], hedged=hedged)

    outcome = line.notebook.outcome
    assert (status, outcome.code, len(line.sent)) == (504, "upstream_timeout", 1)
    assert ("team/shop:cost:30d", "not_again") in [(each.limit, each.action) for each in outcome.limits]
    assert 0 < outcome.charges[0].amount <= ONE


@pytest.mark.parametrize("fate", FREE)
async def test_I4_what_certainly_did_not_act_needs_no_more(fate: Any) -> None:
    status, line = await one(shop_of(a_budget(ONE / 1e9)), [(fate, 0), (200, 0)], hedged=False)

    assert (status, len(line.sent)) == (200, 2)
    assert [record.kind for record in line.notebook.records] == ["intent", "outcome"]


@pytest.mark.parametrize("fate", SILENT)
async def test_I4_the_next_attempt_is_written_down_before_it_goes_out(fate: Any) -> None:
    status, line = await one(shop_of(a_budget(2 * ONE / 1e9)), [(fate, 0), (200, 0)], hedged=False)

    intent, further, outcome = line.notebook.records
    assert (status, further.kind, further.upstream, len(further.attempts)) == (200, "further", "oai", 1)
    assert intent.charges == further.charges
    assert outcome.charges[0].amount <= 2 * ONE


async def test_I4_no_attempt_goes_out_that_no_audit_sink_took() -> None:
    shop = shop_of(a_budget(9 * ONE / 1e9))
    notebook = Notebook(takes=[True, False, False])
    line = Line([("timeout", 0), (200, 0)], shop, notebook)
    made = replace(
        gateway(Script(), notebook),
        transport=line,
        admission=shop.admission,
        policies=policies({"m": ROUTE}, shop=Access(models=("m",))),
    )
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("m", max_tokens=8)), KEY))

    assert (reply.status, len(line.sent), shop.held) == (504, 1, 0)


class Leaving(Exact):
    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        raise StoreError("it is away")


@pytest.mark.parametrize(
    ("limit", "sent"), [(a_budget(1000), 1), (a_limit("tokens", 10**6), 2)], ids=["budget", "tokens"]
)
async def test_I4_while_the_store_is_away_budgets_let_no_further_attempt_out(limit: Any, sent: int) -> None:
    shop = Shop(limit)
    shop.admission = replace(shop.admission, store=Leaving(shop.memory, "shop"))
    script = Script(late(), claude_answer())

    reply, _ = await shop.ask(script, chat("both", max_tokens=1))

    assert (reply.status, len(script.sent)) == (504 if sent == 1 else 200, sent)

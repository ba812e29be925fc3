"""May they now? The most that one attempt can use is reserved in every limit that applies: in all of them, or in none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import Struct

from lockgate.core.allowance import Tally
from lockgate.core.auth import Caller
from lockgate.core.dialect import WORK
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.limit import Claim, LimitStore, Standing, StoreEmptyError, Verdict
from lockgate.core.price import Unpriced
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.pipeline import refusals
from lockgate.pipeline.applies import TOKENS, Applied, Applies, Chosen, counter, value_of
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.lease import Held, Keeper
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.slices import Slices
from lockgate.pipeline.worst import Worst, cost, worst

NOWHERE = Route("", ())
"""For questions that no model answers: they count as requests, as token counts do."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The limits in force, where they are counted, and where while that is away."""

    applies: Applies
    store: LimitStore
    local: LocalLimits
    tally: Tally
    watch: BudgetWatch | None = None
    slices: Slices | None = None


async def admit(admission: Admission, call: Call, route: Route, ledger: Ledger) -> Route:
    """The route, without the upstreams that a limit of their provider keeps from it. `ledger.held` is what it holds."""
    caller = ledger.caller
    if caller is None:
        raise Problem(Kind.INTERNAL, "limits are for callers, and there is none", source="gateway")
    group = admission.applies.of(caller, route)
    if group.largest and len(call.body.wire()) > group.largest:
        raise Problem(Kind.TOO_LARGE, f"the body may have {group.largest} bytes")
    works = call.operation in WORK
    chosen = group.all if works else group.counted
    if not chosen.all:
        return route
    upstreams = _priced(route, ledger) if group.money and works else route.upstreams
    most = worst(call, route) if group.tokens and works else None
    while True:
        if group.bound and works:
            chosen = group.of({upstream.name for upstream in upstreams})
        bounds = Bounds(most, upstreams, ledger.wall, admission.store.crowded)
        claims = _plain(chosen, bounds) if chosen.plain else _claims(chosen, caller, call, ledger.client, bounds)
        keeper, verdict = await _reserved(admission, chosen.all, claims)
        ledger.chosen, ledger.standings = chosen, verdict.standings
        if verdict.over:
            ledger.limited.extend((chosen.all[i].limit.label, "shadow") for i in verdict.over)
        if verdict.lease is not None:
            ledger.held = Held(keeper, verdict.lease, chosen, admission.tally, most, admission.watch, admission.slices)
            _tallied(admission.tally, chosen, verdict.standings)
            return route if len(upstreams) == len(route.upstreams) else replace(route, upstreams=tuple(upstreams))
        upstreams = _without(upstreams, [chosen.all[i] for i in verdict.refused])
        if not upstreams:
            raise _refused(
                admission, [(chosen.all[i], claims[i], verdict.standings[i]) for i in verdict.refused], ledger
            )


def _refused(admission: Admission, refused: Sequence[tuple[Applied, Claim, Standing]], ledger: Ledger) -> Problem:
    ledger.limited.extend((each.limit.label, "refused") for each, _, _ in refused)
    if admission.watch is not None:
        for each, claim, _ in refused:
            if each.limit.kind == "cost":
                admission.watch.note(each, claim, ledger, refused=True)
    return refusals.problem([(each.limit, claim, standing) for each, claim, standing in refused])


def _tallied(tally: Tally, chosen: Chosen, standings: Sequence[Standing]) -> None:
    tally.open += 1
    for at, label, most in chosen.gauged:
        tally.used[label] = standings[at].used / most


def _priced(route: Route, ledger: Ledger) -> Sequence[Upstream]:
    """Those that cost something that is known. What is not known cannot be kept within a budget."""
    known = [upstream for upstream in route.upstreams if not isinstance(upstream.quotes.at(ledger.wall), Unpriced)]
    if not known:
        raise Problem(Kind.NO_PRICE, "there is a budget, and no price is known for this model", where="model")
    return known


class Bounds(Struct, frozen=True):
    """What a request can use at most, where, and when."""

    most: Worst | None
    upstreams: Sequence[Upstream]
    now: float
    crowded: bool = False


def _plain(chosen: Chosen, bounds: Bounds) -> tuple[Claim, ...]:
    """The same as `_claims`, in a third of the time, where only amounts are to be found out."""
    most = bounds.most
    if most is None:
        return chosen.claims((1, 1, 1, 1, 1, 1))
    spent = cost(most, bounds.upstreams, bounds.now) or 0 if chosen.money else 0
    return chosen.claims((1, 1, most.input + most.output, most.input, most.output, spent))


def _claims(chosen: Chosen, caller: Caller, call: Call, client: str, bounds: Bounds) -> tuple[Claim, ...]:
    return tuple([each.claim or _claim(each, caller, call, client, bounds) for each in chosen.all])


def _claim(each: Applied, caller: Caller, call: Call, client: str, bounds: Bounds) -> Claim:
    limit = each.limit
    named = each.counter or counter(limit, value_of(limit, call.headers, client, caller.claims), crowded=bounds.crowded)
    since = limit.calendar.window(int(bounds.now * 1e6)).start if limit.calendar else 0
    at_once = limit.kind == "requests" and not each.provider
    amount = _amount(each, bounds)
    if limit.shadow:  # it passes, whatever the client asks for: no more is held than says that it is over
        amount = min(amount, limit.shape.capacity + 1)
    return Claim(named, limit.shape, amount, at_once, limit.shadow, since)


def _amount(each: Applied, bounds: Bounds) -> int:
    kind, most = each.limit.kind, bounds.most
    if most is None or kind not in TOKENS:
        return 1
    if kind == "tokens":
        return most.input + most.output
    if kind == "cost":
        mine = [upstream for upstream in bounds.upstreams if each.provider in ("", upstream.name)]
        return cost(most, mine, bounds.now) or 0
    return most.input if kind == "input_tokens" else most.output


async def _reserved(admission: Admission, chosen: Sequence[Applied], claims: Sequence[Claim]) -> tuple[Keeper, Verdict]:
    store, slices = admission.store, admission.slices
    try:
        verdict = await store.reserve(claims)
        if verdict.refused and slices is not None and slices.release(store, [claims[i] for i in verdict.refused]):
            verdict = await store.reserve(claims)
        return store, verdict
    except StoreError as error:
        admission.tally.lost |= isinstance(error, StoreEmptyError)
        money = [i for i, each in enumerate(chosen) if each.limit.kind == "cost" and not each.limit.shadow]
        if not money:
            return admission.local, admission.local.reserve(claims)
        alone = None if slices is None else slices.reserve(claims, money)
        if slices is None or alone is None:
            raise Problem(Kind.NO_BUDGET, "budgets cannot be counted now", source="gateway", retry_after=1) from error
        return slices, alone


def _without(upstreams: Sequence[Upstream], refused: Sequence[Applied]) -> Sequence[Upstream]:
    """What is left when providers have no room. Nothing, when the caller or the model has none."""
    providers = {each.provider for each in refused}
    return [] if "" in providers else [upstream for upstream in upstreams if upstream.name not in providers]

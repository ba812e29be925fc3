"""May they now? The most that one attempt can use is reserved in every limit that applies: in all of them, or in none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import Struct

from lockgate.core.allowance import Tally
from lockgate.core.dialect import WORK
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.limit import Claim, LimitStore, Standing, StoreEmptyError, Verdict
from lockgate.core.price import Unpriced
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.pipeline import refusals
from lockgate.pipeline.applies import TOKENS, Applies, counter, value_of
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.chosen import Amounts, Applied, Chosen
from lockgate.pipeline.heedless import believed
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
    if (caller := ledger.caller) is None:
        raise Problem(Kind.INTERNAL, "limits are for callers, and there is none", source="gateway")
    group = admission.applies.of(caller, route)
    if group.largest and len(call.body.wire()) > group.largest:
        raise Problem(Kind.TOO_LARGE, f"the body may have {group.largest} bytes")
    works = call.operation in WORK
    chosen = group.all if works else group.counted
    if not chosen.all:
        return route
    most = believed(worst(call, route), admission.tally, call, route) if group.tokens and works else None
    upstreams: Sequence[Upstream] = route.upstreams
    spent = cost(most, upstreams, ledger.wall) if most is not None and chosen.money else 0
    if spent is None and group.money:
        upstreams = _priced(route, ledger)
    while True:
        if group.bound and works:
            chosen = group.of({upstream.name for upstream in upstreams})
        claims = (
            chosen.claims(_amounts(most, spent))
            if chosen.plain and spent is not None
            else _claims(chosen, call, ledger, Bounds(most, upstreams, ledger.wall, spent, admission.store.crowded))
        )
        keeper: Keeper = admission.store
        try:
            verdict = await admission.store.reserve(claims)
            if verdict.refused and admission.slices is not None:
                verdict = await _released(admission.store, admission.slices, claims, verdict)
        except StoreError as error:
            keeper, verdict = _without_store(admission, chosen.all, claims, error)
        ledger.chosen, ledger.standings = chosen, verdict.standings
        if verdict.lease is not None:
            taken, given = (None, None) if most is None else (most.output, most.input)
            ledger.held = Held(
                keeper, verdict.lease, chosen, admission.tally, taken, given, admission.watch, admission.slices
            )
            _granted(admission.tally, chosen, verdict, ledger)
            return route if len(upstreams) == len(route.upstreams) else replace(route, upstreams=tuple(upstreams))
        upstreams, spent = _others(upstreams, admission, claims, verdict, ledger), None


def _others(
    upstreams: Sequence[Upstream], admission: Admission, claims: Sequence[Claim], verdict: Verdict, ledger: Ledger
) -> Sequence[Upstream]:
    """What is left when providers have no room. Raises when that is nothing: as when the caller or the model has none."""
    assert ledger.chosen is not None
    _over(ledger.chosen, verdict, ledger)
    refused = [(ledger.chosen.all[i], claims[i], verdict.standings[i]) for i in verdict.refused]
    providers = {each.provider for each, _, _ in refused}
    left = [] if "" in providers else [upstream for upstream in upstreams if upstream.name not in providers]
    if not left:
        raise _refused(admission, refused, ledger)
    return left


def _refused(admission: Admission, refused: Sequence[tuple[Applied, Claim, Standing]], ledger: Ledger) -> Problem:
    ledger.limited.extend((each.limit.label, "refused") for each, _, _ in refused)
    if admission.watch is not None:
        for each, claim, standing in refused:
            if each.limit.kind == "cost":
                admission.watch.note(each, claim, ledger, refused=refusals.too_little(claim, standing))
    return refusals.problem([(each.limit, claim, standing) for each, claim, standing in refused])


def _granted(tally: Tally, chosen: Chosen, verdict: Verdict, ledger: Ledger) -> None:
    tally.open += 1
    standings = verdict.standings
    for at, label, most in chosen.gauged:
        tally.used[label] = standings[at].used / most
    if verdict.over:
        _over(chosen, verdict, ledger)


def _over(chosen: Chosen, verdict: Verdict, ledger: Ledger) -> None:
    ledger.limited.extend((chosen.all[i].limit.label, "shadow") for i in verdict.over)


def _priced(route: Route, ledger: Ledger) -> Sequence[Upstream]:
    """Those that cost something that is known. What is not known cannot be kept within a budget."""
    known = [upstream for upstream in route.upstreams if not isinstance(upstream.quotes.at(ledger.wall), Unpriced)]
    if not known:
        raise Problem(Kind.NO_PRICE, "there is a budget, and no price is known for this model", where="model")
    return known


class Bounds(Struct, frozen=True, gc=False):
    """What a request can use at most, where, and when; and what it costs there at most, in nanodollars, where that is known."""

    most: Worst | None
    upstreams: Sequence[Upstream]
    now: float
    spent: int | None = None
    crowded: bool = False


def _claims(chosen: Chosen, call: Call, ledger: Ledger, bounds: Bounds) -> tuple[Claim, ...]:
    """Each limit looked at by itself."""
    return tuple([each.claim or _claim(each, call, ledger, bounds) for each in chosen.all])


def _amounts(most: Worst | None, spent: int) -> Amounts:
    """The same of a plain choice, where only these are to be found out, in a third of the time."""
    if most is None:
        return 1, 1, 1, 1, 1, 1
    given, taken = most.input, most.output
    return 1, 1, given + taken, given, taken, spent


def _claim(each: Applied, call: Call, ledger: Ledger, bounds: Bounds) -> Claim:
    limit = each.limit
    claims = ledger.caller.claims if ledger.caller is not None else {}
    named = each.counter or counter(limit, value_of(limit, call.headers, ledger.client, claims), crowded=bounds.crowded)
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


async def _released(store: LimitStore, slices: Slices, claims: Sequence[Claim], verdict: Verdict) -> Verdict:
    """Once more, where slices of budgets that are held here were in the way."""
    if slices.release(store, [claims[i] for i in verdict.refused]):
        return await store.reserve(claims)
    return verdict


def _without_store(
    admission: Admission, chosen: Sequence[Applied], claims: Sequence[Claim], error: StoreError
) -> tuple[Keeper, Verdict]:
    slices = admission.slices
    admission.tally.lost |= isinstance(error, StoreEmptyError)
    money = [i for i, each in enumerate(chosen) if each.limit.kind == "cost" and not each.limit.shadow]
    if not money:
        return admission.local, admission.local.reserve(claims)
    alone = None if slices is None else slices.reserve(claims, money)
    if slices is None or alone is None:
        raise Problem(Kind.NO_BUDGET, "budgets cannot be counted now", source="gateway", retry_after=1) from error
    return slices, alone

"""What is quick where only amounts are to be found out says the same as what looks at each limit by itself."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.allowance import Limit, Limits
from lockgate.core.answer import Usage
from lockgate.core.auth import Caller
from lockgate.core.body import head
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Call, Route
from lockgate.core.limit import Claim
from lockgate.dialects.openai_chat import plugin
from lockgate.pipeline import admit, lease, worst
from lockgate.pipeline.admit import Bounds
from lockgate.pipeline.applies import Applies
from lockgate.pipeline.chosen import Chosen
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.worst import Worst
from tests.unit.pipeline.limited import CHEAP, DEAR, a_budget, a_limit

CALLER = Caller("key_1", "shop", teams=("shop",))
ROUTE = Route("both", (CHEAP, DEAR))
CALL = Call(plugin, "chat", Ask("both"), head(b'{"model":"both"}'), ())
SHADOWS = st.booleans()
NOW = 1_767_225_600.0


def chosen(*limits: Limit) -> Chosen:
    return Applies(Limits.of(limits)).of(CALLER, ROUTE).all


@st.composite
def limits(draw: st.DrawFn) -> list[Limit]:
    kinds = st.sampled_from(("requests", "tokens", "input_tokens", "output_tokens", "concurrency"))
    made = [
        a_limit(kind, 100, None if kind == "concurrency" else draw(st.sampled_from(("1m", "2h"))), shadow=draw(SHADOWS))
        for kind in draw(st.lists(kinds, unique=True))
    ]
    pers = draw(st.lists(st.sampled_from(("30d", "1h", "month")), unique=True, max_size=2))
    return [*made, *(a_budget(1, per=per, shadow=draw(SHADOWS)) for per in pers)]


def slow(every: Chosen, bounds: Bounds) -> tuple[Claim, ...]:
    """Each limit looked at by itself."""
    return admit._claims(every, CALL, Ledger("req_1", bounds.now, 0.0, caller=CALLER), bounds)


@given(limits(), st.none() | st.builds(Worst, st.integers(0, 1 << 20), st.integers(0, 1 << 20)))
def test_the_same_is_claimed(made: list[Limit], most: Worst | None) -> None:
    every = chosen(*made)
    spent = 0 if most is None else worst.cost(most, ROUTE.upstreams, NOW)
    assert spent is not None

    if every.plain and (most is not None or not any(each.limit.kind == "cost" for each in every.all)):
        assert every.claims(admit._amounts(most, spent)) == slow(every, Bounds(most, ROUTE.upstreams, NOW, spent))


@given(limits(), st.none() | st.tuples(st.integers(0, 1 << 52), st.integers(0, 1 << 52)), st.integers(0, 1 << 80))
def test_the_same_is_used(made: list[Limit], tokens: tuple[int, int] | None, cost: int) -> None:
    every = chosen(*made)
    ledger = Ledger("req_1", 0.0, 0.0, usage=None if tokens is None else Usage(*tokens), cost=cost)
    if tokens is not None:
        ledger.attempted(CHEAP, 200)
    claims = slow(every, Bounds(Worst(1, 1), ROUTE.upstreams, NOW))

    one_by_one = [lease._used(each, claim, ledger) for each, claim in zip(every.all, claims, strict=True)]
    quick = lease._plainly_used(every, ledger)

    if every.plain and quick is not None:
        assert list(quick) == one_by_one
    assert quick is not None or not every.plain or tokens is not None


def test_what_depends_on_who_asks_or_is_asked_is_not_plain() -> None:
    assert chosen(a_limit("requests", 1), a_budget(1)).plain
    assert not chosen(a_limit("requests", 1, by="client")).plain
    assert not chosen(a_limit("requests", 1, by="provider")).plain
    assert not chosen(a_budget(1, per="month")).plain

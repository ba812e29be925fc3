"""Plans: of the route alone, those that are well first, and never nothing."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers import cheapest, fastest, least_busy, priority, sticky, usage, weighted
from lockgate.core.balance import BalanceConfig
from lockgate.core.problem import Kind, Problem
from lockgate.core.view import FINE, State
from lockgate.pipeline.plan import plan
from tests.balancing import call, moment, route, upstreams, view

NOW = 100.0
OUT, TRIAL = State(tripped=True, out_until=NOW + 1), State(tripped=True, out_until=NOW)
CLAIMED, COLD, DOWN = State(tripped=True, claimed_until=NOW + 5), State(cool_until=NOW + 7), State(down=True)
KINDS: Sequence[BalanceConfig] = (
    priority.plugin(),
    weighted.plugin(),
    least_busy.plugin(),
    fastest.plugin(),
    cheapest.plugin(),
    sticky.plugin(),
    usage.plugin(),
)
SILENT = State(silent=True, claimed_until=NOW + 5)
STATES = st.sampled_from(
    [
        FINE,
        FINE,
        FINE,
        OUT,
        TRIAL,
        CLAIMED,
        COLD,
        DOWN,
        SILENT,
        State(silent=True),
        State(busy=3, total_s=2.0, headroom=0.1),
    ]
)


def places(states: Sequence[State], groups: Sequence[int] = (), full: frozenset[str] = frozenset()) -> list[int]:
    targets = upstreams(*[1] * len(states), groups=groups)
    seen = view(*states, now=NOW, full=full)
    return [each.place for each in plan(route(None, *targets), call(), seen, moment(NOW))]


@given(
    st.lists(st.tuples(STATES, st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=20),
    st.sampled_from(KINDS),
    st.integers(0, 1000),
)
def test_a_plan_is_of_the_route_and_never_nothing(
    parts: list[tuple[State, int, int]], kind: BalanceConfig, seed: int
) -> None:
    states = [state for state, _, _ in parts]
    targets = upstreams(*[weight for _, _, weight in parts], groups=[group for _, group, _ in parts])
    seen = view(*states, now=NOW)
    before = msgspec.json.encode(seen.states)

    planned = plan(route(kind.build(), *targets), call(), seen, moment(NOW, seed=seed, turn=seed))

    assert planned
    assert len({each.place for each in planned}) == len(planned)
    assert all(each in targets for each in planned)
    assert msgspec.json.encode(seen.states) == before
    well = [each for each in targets if states[each.place].well(NOW)]
    sound = [each for each in targets if states[each.place].sound(NOW)]
    assert {each.place for each in planned[1:]} <= {each.place for each in well or sound}
    if well:
        assert {each.place for each in well} <= {each.place for each in planned}
        assert states[planned[0].place].well(NOW) or states[planned[0].place].on_trial(NOW)
        groups = [each.group for each in planned]
        assert groups == sorted(groups)


@given(st.lists(STATES, min_size=1, max_size=8), st.sampled_from(KINDS), st.integers(0, 50))
def test_the_same_makes_the_same(states: list[State], kind: BalanceConfig, seed: int) -> None:
    targets, balancer = upstreams(*[1] * len(states)), kind.build()

    def once() -> list[int]:
        planned = plan(route(balancer, *targets), call(), view(*states, now=NOW), moment(NOW, seed=seed))
        return [each.place for each in planned]

    assert once() == once()


def test_who_is_out_gets_nothing_and_who_may_be_well_again_is_tried_first() -> None:
    assert places([FINE, OUT, COLD, DOWN, CLAIMED, FINE]) == [0, 5]
    assert places([FINE, TRIAL, FINE]) == [1, 0, 2]
    assert places([FINE, TRIAL, TRIAL]) == [1, 0]


def test_a_later_group_is_for_when_none_of_an_earlier_one_is_well() -> None:
    assert places([FINE, FINE, FINE], groups=[1, 0, 1]) == [1, 0, 2]
    assert places([FINE, OUT, FINE], groups=[1, 0, 1]) == [0, 2]
    assert places([FINE, FINE, TRIAL], groups=[0, 0, 1]) == [0, 1]
    assert places([OUT, OUT, TRIAL, FINE], groups=[0, 0, 1, 1]) == [2, 3]


def test_panic_when_none_is_well_the_least_bad_is_asked_once() -> None:
    assert places([OUT, State(cool_until=NOW + 50), OUT]) == [1]
    assert places([State(tripped=True, out_until=NOW + 9), State(tripped=True, out_until=NOW + 3)]) == [1]
    assert places([DOWN, OUT]) == [1]
    assert places([CLAIMED, CLAIMED]) == [0]


def test_who_says_nothing_is_left_alone_and_where_all_do_they_are_asked_as_ever() -> None:
    assert places([FINE, SILENT, FINE]) == [0, 2]
    assert places([SILENT, SILENT, OUT]) == [0, 1]
    assert places([State(silent=True), State(silent=True)]) == [0, 1], "nobody is tried where nobody else could answer"
    assert places([SILENT, SILENT, SILENT], groups=[0, 0, 1]) == [0, 1, 2]
    assert places([SILENT, SILENT, FINE], groups=[0, 0, 1]) == [2]
    assert places([FINE, State(silent=True)]) == [1, 0]


def test_who_is_full_is_passed_over_and_when_all_are_the_client_is_told() -> None:
    assert places([FINE, FINE], full=frozenset(("u0",))) == [1]
    assert places([FINE, OUT], full=frozenset(("u0",))) == [1]
    with pytest.raises(Problem) as refused:
        places([FINE, FINE], full=frozenset(("u0", "u1")))
    assert (refused.value.kind, refused.value.retry_after) == (Kind.OVERLOADED, 1)


def test_an_upstream_that_nobody_watches_is_well() -> None:
    targets = upstreams(1, 1)

    strangers = [replace(target, place=-1) for target in targets]

    assert list(plan(route(None, *strangers), call(), view(OUT, OUT, now=NOW), moment(NOW))) == strangers

"""Whoever has more of its own limits left gets more; what is old is forgotten."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers.usage import plugin
from lockgate.core.view import State
from tests.balancing import call, moment, upstreams, view


def firsts(*left: float, now: float = 10.0) -> Counter[int]:
    seen = view(*(State(headroom=part, told=10.0) for part in left))
    targets = upstreams(*[1] * len(left))
    return Counter(
        plugin().build().order(targets, call(), seen, moment(now, seed=seed))[0].place for seed in range(1000)
    )


def test_more_left_is_more_chance() -> None:
    counted = firsts(0.9, 0.3)

    assert 700 <= counted[0] <= 800


def test_nearly_nothing_left_is_a_fall_back() -> None:
    assert firsts(0.01, 0.5)[0] == 0
    assert firsts(0.01, 0.0) == {0: 1000}


def test_what_was_said_long_ago_is_forgotten() -> None:
    assert 450 <= firsts(0.01, 1.0, now=71.0)[0] <= 550


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(0, 100))
def test_an_order_has_everybody_once(left: list[float], seed: int) -> None:
    seen = view(*(State(headroom=part) for part in left))

    ordered = plugin().build().order(upstreams(*[1] * len(left)), call(), seen, moment(seed=seed))

    assert sorted(each.place for each in ordered) == list(range(len(left)))

"""The less busy of two is asked first."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers.least_busy import plugin
from lockgate.core.view import State
from tests.balancing import call, moment, upstreams, view


def test_of_two_the_less_busy_one() -> None:
    targets, seen = upstreams(1, 1), view(State(busy=3), State(busy=1))

    for seed in range(50):
        assert plugin().build().order(targets, call(), seen, moment(seed=seed))[0].place == 1


def test_the_busiest_is_never_first() -> None:
    targets = upstreams(1, 1, 1, 1, 1)
    seen = view(*(State(busy=busy) for busy in (1, 2, 9, 3, 4)))

    firsts = Counter(plugin().build().order(targets, call(), seen, moment(seed=seed))[0].place for seed in range(500))

    assert firsts[2] == 0
    assert firsts[0] > firsts[1] > firsts[3]


def test_twice_the_weight_is_twice_the_room() -> None:
    targets, seen = upstreams(2, 1), view(State(busy=4), State(busy=3))

    assert {plugin().build().order(targets, call(), seen, moment(seed=seed))[0].place for seed in range(50)} == {0}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 1000))
def test_an_order_has_everybody_once(weights: list[int], seed: int) -> None:
    ordered = plugin().build().order(upstreams(*weights), call(), view(), moment(seed=seed))

    assert sorted(each.place for each in ordered) == list(range(len(weights)))


def test_load_is_spread_better_than_by_chance() -> None:
    busy, balancer, targets = [0] * 10, plugin().build(), upstreams(*[1] * 10)
    for seed in range(1000):
        seen = view(*(State(busy=each) for each in busy))
        busy[balancer.order(targets, call(), seen, moment(seed=seed))[0].place] += 1

    assert max(busy) - min(busy) <= 6

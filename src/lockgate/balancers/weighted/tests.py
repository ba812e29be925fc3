"""Shares are exact, mixed, and go on when one is missing."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers.weighted import plugin, stride
from tests.balancing import call, moment, upstreams, view

WEIGHTS = st.lists(st.integers(0, 40), min_size=1, max_size=20).filter(any)


@given(WEIGHTS, st.integers(0, 1 << 40))
def test_of_as_many_as_all_weights_each_gets_its_own(weights: list[int], since: int) -> None:
    balancer, targets, asked = plugin().build(), upstreams(*weights), call()
    firsts = Counter(
        balancer.order(targets, asked, view(), moment(turn=since + turn))[0].place for turn in range(sum(weights))
    )

    assert [firsts[at] for at in range(len(weights))] == weights


@given(WEIGHTS, st.integers(0, 1000))
def test_an_order_has_everybody_once(weights: list[int], turn: int) -> None:
    targets = upstreams(*weights)

    ordered = plugin().build().order(targets, call(), view(), moment(turn=turn))

    assert sorted(each.place for each in ordered) == list(range(len(weights)))


def test_turns_are_mixed() -> None:
    balancer, targets, asked = plugin().build(), upstreams(3, 1), call()

    firsts = [balancer.order(targets, asked, view(), moment(turn=turn))[0].place for turn in range(8)]

    assert firsts in ([0, 0, 0, 1] * 2, [0, 0, 1, 0] * 2, [0, 1, 0, 0] * 2, [1, 0, 0, 0] * 2)
    even = [balancer.order(upstreams(10, 10), asked, view(), moment(turn=turn))[0].place for turn in range(20)]
    assert max(len(run) for run in "".join(map(str, even)).split("0")) <= 2
    assert max(len(run) for run in "".join(map(str, even)).split("1")) <= 2


def test_without_any_weight_the_order_stays() -> None:
    targets = upstreams(0, 0)

    assert plugin().build().order(targets, call(), view(), moment()) == targets


@given(st.integers(1, 100_000))
def test_a_step_visits_every_slot(slots: int) -> None:
    assert 0 < stride(slots) <= slots
    if slots < 2000:
        assert len({turn * stride(slots) % slots for turn in range(slots)}) == slots

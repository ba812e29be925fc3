"""When an upstream is taken out and when it comes back: U6, U7, U8, by the decision alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.breaker import FAILED, Breaker, Rules, after
from lockgate.core.health import Outcome, OutcomeKind

RULES, CLOSED = Rules(), Breaker()
OK, ERROR, LIMITED = Outcome("ok"), Outcome("status", 503), Outcome("rate_limited", 429)


def run(*outcomes: Outcome, now: float = 100.0, breaker: Breaker = CLOSED, chance: float = 0.5) -> Breaker:
    for outcome in outcomes:
        breaker = after(breaker, outcome, RULES, now, chance)
    return breaker


@pytest.mark.parametrize("kind", sorted(FAILED))
def test_U8_five_failures_in_a_row_open_it(kind: OutcomeKind) -> None:
    bad = Outcome(kind)

    assert not run(*[bad] * 4).tripped
    opened = run(*[bad] * 5)
    assert (opened.tripped, opened.out_until, opened.ejections) == (True, 130.0, 1)


def test_U8_a_good_answer_in_between_begins_the_count_anew() -> None:
    assert not run(ERROR, ERROR, ERROR, ERROR, OK, ERROR, ERROR, ERROR, ERROR).tripped


def test_U8_what_says_nothing_counts_for_nothing() -> None:
    assert run(*[Outcome("cancelled")] * 9) == Breaker()
    assert run(ERROR, ERROR, ERROR, ERROR, Outcome("cancelled"), ERROR).tripped


def test_U8_half_open_a_good_answer_closes_it_and_a_bad_one_opens_it_for_longer() -> None:
    opened = run(*[ERROR] * 5)

    assert run(OK, now=129.0, breaker=opened) is opened  # it began before the breaker opened
    assert run(ERROR, now=129.0, breaker=opened) is opened
    closed = run(OK, now=130.0, breaker=opened)
    assert (closed.tripped, closed.failures) == (False, 0)
    again = run(ERROR, now=130.0, breaker=opened)
    assert (again.tripped, again.out_until, again.ejections) == (True, 190.0, 2)


def test_U8_the_times_it_was_out_are_forgotten_while_it_is_well() -> None:
    breaker = Breaker(ejections=4, out_until=100.0)

    assert run(*[ERROR] * 5, now=105.0, breaker=breaker).ejections == 5
    assert run(*[ERROR] * 5, now=121.0, breaker=breaker).ejections == 3
    assert run(*[ERROR] * 5, now=999.0, breaker=breaker).ejections == 1


def test_U8_it_is_never_out_for_longer_than_that() -> None:
    breaker = Breaker(ejections=50, out_until=100.0)

    assert run(*[ERROR] * 5, now=100.0, breaker=breaker).out_until == 400.0


@pytest.mark.parametrize(("told", "cools"), [(7.0, 7.0), (0.2, 0.2), (60.0, 60.0), (1e9, 60.0), (0.0, 0.0)])
def test_U6_it_cools_down_as_long_as_it_says_up_to_a_minute(told: float, cools: float) -> None:
    cooled = run(Outcome("rate_limited", 429, retry_after_s=told))

    assert cooled.cool_until == 100.0 + cools
    assert (cooled.tripped, cooled.failures) == (False, 0)


def test_U6_a_shorter_word_does_not_end_a_longer_one() -> None:
    assert (
        run(Outcome("rate_limited", 429, retry_after_s=30), Outcome("rate_limited", 429, retry_after_s=1)).cool_until
        == 130.0
    )


def test_U6_an_overloaded_upstream_that_says_when_to_come_again_is_left_alone_until_then() -> None:
    assert run(Outcome("status", 529, retry_after_s=3)).cool_until == 103.0


def test_U7_without_a_word_it_cools_by_chance_and_longer_each_time() -> None:
    assert [run(*[LIMITED] * times, chance=0.99).cool_until - 100 for times in (1, 2, 3, 4, 5)] == pytest.approx(
        [0.99, 1.98, 3.96, 7.92, 7.92]
    )
    assert run(LIMITED, chance=0.0).cool_until == 100.5
    assert run(LIMITED, LIMITED, OK, LIMITED, chance=0.99).cool_until == pytest.approx(101.98)


def test_a_limited_answer_closes_a_breaker_that_is_half_open() -> None:
    opened = run(*[ERROR] * 5)

    assert not run(LIMITED, now=130.0, breaker=opened).tripped


@given(st.lists(st.tuples(st.sampled_from(["ok", "status", "timeout", "rate_limited", "cancelled"]), st.floats(0, 40))))
def test_U8_it_never_opens_before_five_and_never_for_less_than_its_time(story: list[tuple[OutcomeKind, float]]) -> None:
    breaker, now, row = Breaker(), 0.0, 0
    for kind, passed in story:
        now += passed
        before, breaker = breaker, after(breaker, Outcome(kind), RULES, now, 0.5)
        row = row + 1 if kind in FAILED else row if kind == "cancelled" else 0
        if breaker.tripped and not before.tripped:
            assert row >= 5
            assert breaker.out_until >= now + RULES.out_for
        if before.tripped and not breaker.tripped:
            assert kind in ("ok", "rate_limited")
            assert now >= before.out_until

"""What a notice of another machine means here: a pure decision, and never more than the rules allow."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lockgate.core.breaker import Breaker, Rules
from lockgate.core.notice import Notice, warned

RULES = Rules()
NOW = 1000.0
OUT = Notice(7, out=30, ejections=2)
SECONDS = st.floats(0, 1e12)


def test_U8_what_is_out_there_is_out_here_for_as_long() -> None:
    breaker = warned(Breaker(failures=3), OUT, RULES, NOW, doing_well=False)

    assert breaker == Breaker(tripped=True, out_until=NOW + 30, ejections=2)


def test_U8_where_it_does_well_one_failure_more_opens_it() -> None:
    """A machine that is cut off takes upstreams away from nobody else."""
    breaker = warned(Breaker(), OUT, RULES, NOW, doing_well=True)

    assert breaker == Breaker(failures=4)
    assert warned(breaker, OUT, RULES, NOW, doing_well=True) is breaker


def test_U8_one_that_was_tried_elsewhere_and_failed_is_out_for_longer() -> None:
    out = Breaker(tripped=True, out_until=NOW - 1, ejections=1)

    assert warned(out, OUT, RULES, NOW, doing_well=True) == replace(out, out_until=NOW + 30, ejections=2)


def test_U6_a_credential_cools_down_for_everybody() -> None:
    breaker = Breaker(tripped=True, out_until=NOW + 9, ejections=1)

    assert warned(breaker, Notice(7, cool=20), RULES, NOW, doing_well=True) == replace(breaker, cool_until=NOW + 20)


@given(SECONDS, SECONDS, st.integers(0, 1 << 40), SECONDS, SECONDS, st.booleans(), st.booleans())
def test_nothing_is_longer_than_the_rules_allow_and_nothing_shorter_than_it_was(  # noqa: PLR0917 - drawn
    out: float, cool: float, times: int, own_out: float, own_cool: float, tripped: bool, well: bool
) -> None:
    before = Breaker(0, tripped, own_out if tripped else 0.0, 1, own_cool)

    after = warned(before, Notice(7, out, times, cool), RULES, NOW, doing_well=well)

    assert before.cool_until <= after.cool_until <= max(before.cool_until, NOW + RULES.cool_most)
    assert before.out_until <= after.out_until <= max(before.out_until, NOW + RULES.out_most)
    assert after.ejections <= 64
    assert after.tripped or not tripped
    assert warned(after, Notice(7, out, times, cool), RULES, NOW, doing_well=well) is after

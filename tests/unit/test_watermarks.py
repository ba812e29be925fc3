"""At which use of the memory which class is refused, and when it is served again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.rank import NOBODY, Rank
from lockgate.core.watermarks import MARKS, SLACK, least


@pytest.mark.parametrize(
    ("used", "before", "now"),
    [
        (0.84, 0, Rank.FREE),
        (0.85, 0, Rank.PAID),
        (0.92, 0, Rank.CRITICAL),
        (0.95, 0, NOBODY),
        (1.4, 1, NOBODY),
        (0.93, NOBODY, NOBODY),  # not yet enough below
        (0.91, NOBODY, Rank.CRITICAL),
        (0.88, NOBODY, Rank.PAID),
        (0.83, Rank.PAID, Rank.PAID),
        (0.81, Rank.PAID, Rank.FREE),
        (0.5, NOBODY, Rank.FREE),
    ],
)
def test_K7_classes_are_refused_from_the_mark_on_and_served_again_below_it(used: float, before: int, now: int) -> None:
    assert least(used, before) == now


@given(st.floats(0, 2), st.integers(0, NOBODY))
def test_K7_the_same_reading_twice_changes_nothing_more(used: float, before: int) -> None:
    now = least(used, before)

    assert least(used, now) == now
    assert now >= sum(used >= mark for mark in MARKS)
    assert now <= sum(used >= mark - SLACK for mark in MARKS)

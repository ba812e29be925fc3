"""The tightest limit of a kind is found as by dividing exactly."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import Allowed, tightest

ALLOWED = st.builds(
    Allowed, st.sampled_from(("requests", "tokens")), st.integers(1, 50), st.integers(0, 60), st.just(1)
)


@given(st.lists(ALLOWED, max_size=6))
def test_the_tightest_is_the_one_with_the_smallest_part_left(limits: list[Allowed]) -> None:
    for kind in ("requests", "tokens", "cost"):
        mine = [each for each in limits if each.kind == kind]
        plain = min(mine, key=lambda each: Fraction(each.left, each.limit)) if mine else None
        assert tightest(limits, kind) is plain

"""Who does so much worse than the others that it is left out; never the last one, never more than a tenth."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.outliers import outliers

FINE = (100, 100)


def test_the_one_that_is_unlike_the_others_leaves() -> None:
    assert outliers({0: FINE, 1: FINE, 2: (50, 100), 3: FINE, 4: FINE}, 5, 0) == [2]


def test_all_alike_nobody_leaves() -> None:
    assert outliers(dict.fromkeys(range(6), (60, 100)), 6, 0) == []


def test_of_few_upstreams_or_few_answers_nothing_can_be_said() -> None:
    assert outliers({0: FINE, 1: FINE, 2: FINE, 3: (0, 100)}, 4, 0) == []
    assert outliers({0: FINE, 1: FINE, 2: (0, 99), 3: FINE, 4: FINE}, 5, 0) == []


def test_no_more_than_a_tenth_is_out_and_one_may_be() -> None:
    bad = {**dict.fromkeys(range(18), FINE), 18: (10, 100), 19: (0, 100)}

    assert outliers(bad, 20, 0) == [19, 18]
    assert outliers(bad, 20, 1) == [19]
    assert outliers(bad, 20, 2) == []


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=30), st.integers(0, 30))
def test_never_the_last(seen: list[tuple[int, int]], out: int) -> None:
    counts = {who: (min(good, every), every) for who, (good, every) in enumerate(seen)}
    out = min(out, len(seen) - 1)

    gone = outliers(counts, len(seen), out)

    assert out + len(gone) < len(seen)
    assert len(set(gone)) == len(gone)

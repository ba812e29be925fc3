"""I5: whatever comes when, no window of a limit's length ever holds more than the limit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.counter import Counter
from lockgate.core.limit import Claim, Shape

SECOND = 1_000_000
gaps = st.lists(st.one_of(st.integers(0, 100_000), st.integers(0, 3 * SECOND)), min_size=1, max_size=120)


def admitted(shape: Shape, pauses: list[int], amounts: list[int]) -> list[tuple[int, int]]:
    counter, now = Counter(None), 1_767_225_600_000_000
    passed = []
    for number, pause in enumerate(pauses):
        now += pause
        amount = amounts[number % len(amounts)]
        if counter.standing(Claim(bytes(16), shape, amount), now).wait == 0:
            counter.charge(shape, now, 0, amount)
            passed.append((now, amount))
    return passed


@pytest.mark.parametrize(
    "shape",
    [Shape("sliding", 20, 5 * SECOND), Shape("smooth", 20, 5 * SECOND, burst=6), Shape("sliding", 7, 2 * SECOND + 1)],
    ids=["sliding", "smooth", "uneven"],
)
@settings(max_examples=200, deadline=None)
@given(gaps, st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_I5_no_window_holds_more(shape: Shape, pauses: list[int], amounts: list[int]) -> None:
    passed = admitted(shape, pauses, amounts)

    for start, _ in passed:
        assert sum(amount for at, amount in passed if start <= at < start + shape.per) <= shape.max


@pytest.mark.parametrize("shape", [Shape("sliding", 20, 5 * SECOND), Shape("smooth", 20, 5 * SECOND, burst=6)])
def test_a_steady_stream_gets_nearly_all_of_it(shape: Shape) -> None:
    """A limit that refuses too much is wrong, too: at double the rate, what passes is close to what may."""
    passed = admitted(shape, [SECOND // 8] * 800, [1])

    share = 1.0 if shape.window == "sliding" else (shape.max - shape.burst) / shape.max
    assert len(passed) >= 0.95 * share * 100 * 4

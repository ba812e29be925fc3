"""The limit of requests at work: it grows while it is in the way, shrinks when work takes longer, and finds back."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.gradient import CEILING, FLOOR, START, Gradient


def learned(gradient: Gradient, windows: int, own: float, share: float = 1.0) -> int:
    for _ in range(windows):
        gradient.learn(own, int(gradient.limit * share))
    return gradient.limit


def test_nothing_changes_while_the_limit_is_not_in_the_way() -> None:
    assert learned(Gradient(), 1000, 0.004, 0.3) == START


def test_it_grows_while_it_is_in_the_way_and_work_is_as_quick_as_ever() -> None:
    assert learned(Gradient(), 200, 0.004) > 10 * START


def test_it_does_not_grow_when_only_half_of_it_is_used_however_quick_work_is() -> None:
    assert learned(Gradient(), 1000, 0.004, 0.6) == START


def test_what_takes_long_while_others_wait_is_not_taken_for_the_usual_time() -> None:
    """They wait for this process: with few at work it would be as slow."""
    gradient = Gradient()
    learned(gradient, 50, 0.004, 0.3)
    for _ in range(200):
        gradient.learn(0.007, gradient.limit // 3, waited=True)

    assert gradient.usual < 0.005


def test_a_little_more_than_twice_the_usual_time_is_too_long_only_while_others_wait() -> None:
    gradient = Gradient()
    learned(gradient, 50, 0.004, 0.3)

    gradient.learn(0.012, gradient.limit - 1)
    assert gradient.limit == START
    gradient.learn(0.012, gradient.limit, waited=True)
    assert gradient.limit < START


def test_K9_work_that_takes_ten_times_as_long_halves_it_within_three_windows() -> None:
    gradient = Gradient()
    learned(gradient, 50, 0.004, 0.3)

    assert learned(gradient, 3, 0.04 * 4) <= START / 2
    assert learned(gradient, 20, 0.04 * 4) >= FLOOR


def test_a_line_that_never_ends_is_not_taken_for_the_usual_time() -> None:
    gradient = Gradient()
    learned(gradient, 50, 0.004, 0.3)
    gradient.limit = 1000

    learned(gradient, 3, 0.1)  # still far above the least

    assert gradient.usual < 0.005


def test_a_disk_that_became_slower_is_believed_once_the_limit_is_at_its_least() -> None:
    gradient = Gradient()
    learned(gradient, 50, 0.004, 0.3)

    learned(gradient, 100, 0.08)

    assert learned(gradient, 100, 0.08) > FLOOR * 4


def test_one_bad_window_takes_three_tenths() -> None:
    gradient = Gradient()
    learned(gradient, 10, 0.004, 0.3)

    assert learned(gradient, 1, 5.0) == int(START * 0.7)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 10_000)), max_size=200))
def test_it_stays_between_its_bounds_whatever_is_measured(windows: list[tuple[float, int]]) -> None:
    gradient = Gradient()
    for own, most in windows:
        gradient.learn(own, most)
        assert FLOOR <= gradient.limit <= CEILING
        assert 0 <= gradient.usual <= 100

"""S80, I11: attempts stay below 1.2 times the requests and three, whatever fails and in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.pipeline.retry_budget import FLOOR, TRUSTED, RetryBudget, floor

MODELS = ("a", "b")
DEAD, WELL = ("up", "dead", 0), ("up", "well", 0)


@given(st.lists(st.tuples(st.sampled_from(MODELS), st.integers(0, 6)), max_size=300))
def test_S80_I11_attempts_are_bounded(asked: list[tuple[str, int]]) -> None:
    budget = RetryBudget()
    attempts = 0

    for model, wanted in asked:
        budget.asked(model)
        attempts += 1 + sum(budget.again(model) for _ in range(wanted))

    assert attempts <= 1.2 * len(asked) + FLOOR


@given(st.lists(st.integers(1, 4), max_size=200))
def test_S80_an_outage_of_all_upstreams_is_not_made_worse(targets: list[int]) -> None:
    """All fail: what is tried elsewhere is bounded as well, but for the first looks at each of them."""
    budget, attempts = RetryBudget(now=lambda: 0), 0

    for number in targets:
        budget.asked("m")
        for target in range(number):
            if target and not budget.elsewhere("m", (str(target), "", 0)):
                break
            attempts += 1
            budget.ended("m", (str(target), "", 0), well=False)

    assert attempts <= 1.2 * len(targets) + FLOOR + 3 * TRUSTED


def test_who_is_well_is_asked_without_a_budget() -> None:
    budget = RetryBudget(0)

    for _ in range(1000):
        budget.asked("m")
        budget.ended("m", DEAD, well=False)
        assert budget.elsewhere("m", WELL)
        budget.ended("m", WELL, well=True)
        budget.back("m")


def test_a_failure_now_and_then_takes_nothing_from_who_works() -> None:
    budget, refused = RetryBudget(0), 0

    for number in range(1000):
        budget.asked("m")
        refused += not budget.elsewhere("m", WELL)
        budget.ended("m", WELL, well=number % 20 != 0)
        if number % 20:
            budget.back("m")

    assert refused == 0


def test_a_model_does_not_use_up_what_another_saved() -> None:
    budget = RetryBudget(0)
    for _ in range(5):
        budget.asked("calm")

    assert not budget.again("storm")
    assert budget.again("calm")
    assert not budget.again("calm")


def test_what_is_saved_has_a_bound() -> None:
    budget = RetryBudget(0)
    for _ in range(10_000):
        budget.asked("m")

    assert sum(budget.again("m") for _ in range(200)) == 100


@given(st.integers(1, 64))
def test_workers_share_the_first_few(workers: int) -> None:
    assert sum(floor(worker, workers) for worker in range(workers)) == FLOOR


def test_who_failed_is_tried_on_credit_again_after_a_while_and_once() -> None:
    now = [100.0]
    budget = RetryBudget(0, lambda: now[0])
    for _ in range(3):
        budget.ended("m", DEAD, well=False)

    tried = []
    for seconds in (0, 9, 2, 1, 9):
        now[0] += seconds
        tried.append(budget.elsewhere("m", DEAD))

    assert tried == [False, False, True, False, True]
    assert budget.elsewhere("other", DEAD)

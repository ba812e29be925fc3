"""Breakers of several workers over one memory: U6, U8, I10, and the one request that tries an upstream again."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.health import Outcome, OutcomeKind
from tests.balancing import Bench


def test_U8_after_five_failures_nobody_asks_it_in_any_worker() -> None:
    bench = Bench(workers=3)
    bench.attempt(0, "connect", times=4)
    assert bench.plan(1) == [0, 1, 2]

    bench.attempt(0, "connect", worker=1)

    assert [bench.plan(worker) for worker in range(3)] == [[1, 2]] * 3
    assert [sum(table.ejections.values()) for table in bench.tables] == [0, 1, 0]


def test_U8_half_open_one_request_of_all_workers_tries_it_in_each_interval() -> None:
    bench = Bench(workers=2)
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30

    plans = [bench.plan(worker) for _ in range(10) for worker in range(2)]

    assert plans.count([0, 1, 2]) == 1
    assert plans.count([1, 2]) == 19
    bench.clock.now += 10  # it hangs: the next may try
    assert [bench.plan(0), bench.plan(1)] == [[0, 1, 2], [1, 2]]


def test_U8_of_two_that_would_try_it_at_once_one_does() -> None:
    bench = Bench(workers=2)
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30

    claims = [table.claim(bench.targets[0], bench.clock.now) for table in bench.tables * 2]

    assert claims == [True, False, False, False]


def test_U8_one_who_tried_it_and_left_neither_closes_it_nor_keeps_others_from_trying() -> None:
    bench = Bench(workers=2)
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30
    assert bench.plan(1) == [0, 1, 2]

    bench.clock.now += 0.25
    bench.attempt(0, "cancelled", worker=1, total_s=0.2)

    assert bench.plan(0) == [1, 2], "it was tried for 0.2 s in vain, so for as long it is left alone"
    bench.clock.now += 0.2
    assert [bench.plan(0), bench.plan(1)] == [[0, 1, 2], [1, 2]]
    bench.clock.now += 9
    bench.attempt(0, "cancelled", worker=0, total_s=9)
    bench.clock.now += 1
    assert bench.plan(1) == [0, 1, 2], "who held on to it for long does not keep it longer than one who says nothing"


def test_U8_who_began_before_and_leaves_is_not_the_one_who_tries_it() -> None:
    bench = Bench()
    bench.tables[0].began(bench.targets[0])
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30
    assert bench.plan() == [0, 1, 2]
    bench.clock.now += 1

    bench.tables[0].ended(bench.targets[0], Outcome("cancelled", total_s=31.0), answered=True)
    bench.clock.now += 8.5
    assert bench.plan() == [1, 2]
    bench.clock.now -= 8
    bench.attempt(0, "cancelled", total_s=0.5)
    bench.clock.now += 0.5

    assert bench.plan() == [0, 1, 2]


def test_U8_one_who_would_try_it_and_cannot_lets_the_next_one_try() -> None:
    """A request that cannot be said in its dialect, for one."""
    bench = Bench(workers=2)
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30
    assert bench.plan(1) == [0, 1, 2]

    bench.tables[0].let_go(bench.targets[0])  # it is not the one that tries it
    assert bench.plan(0) == [1, 2]
    bench.tables[1].let_go(bench.targets[0])

    assert [bench.plan(0), bench.plan(1)] == [[0, 1, 2], [1, 2]]


def test_U8_who_leaves_an_upstream_that_somebody_else_tries_gives_nothing_back() -> None:
    bench = Bench(workers=2)
    bench.tables[1].began(bench.targets[0])
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30
    assert bench.plan(0) == [0, 1, 2]

    bench.tables[1].ended(bench.targets[0], Outcome("cancelled", total_s=0.0), answered=False)

    assert bench.plan(1) == [1, 2]


def test_U8_a_good_answer_closes_it_for_all() -> None:
    bench = Bench(workers=2)
    bench.attempt(0, "status", times=5)
    bench.clock.now += 30
    assert bench.plan() == [0, 1, 2]

    bench.attempt(0, "ok")

    assert [bench.plan(0), bench.plan(1)] == [[0, 1, 2]] * 2
    assert bench.tables[0].snapshot(bench.clock.now).calm
    assert bench.tables[1].snapshot(bench.clock.now).calm


def test_U8_a_dead_upstream_gets_one_probe_in_thirty_seconds_and_more() -> None:
    """A minute of ten requests a second: five failures, and one probe for each time that it was out."""
    bench, asked = Bench(), 0
    for _ in range(600):
        if bench.plan()[0] == 0:
            asked += 1
            bench.attempt(0, "connect")
        bench.clock.now += 0.1

    assert asked == 6


def test_U6_all_workers_leave_it_alone_until_it_said() -> None:
    bench = Bench(workers=2)
    bench.attempt(0, "rate_limited", retry_after_s=20)

    assert bench.plan(1) == [1, 2]
    bench.clock.now += 19.9
    assert bench.plan(0) == [1, 2]
    bench.clock.now += 0.1
    assert bench.plan(0) == bench.plan(1) == [0, 1, 2]


def test_the_last_one_is_asked_whatever_happened() -> None:
    bench = Bench(1)
    bench.attempt(0, "connect", times=50)

    assert bench.plan() == [0]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["ok", "connect", "timeout", "rate_limited", "cancelled"]),
            st.floats(0, 20),
        ),
        max_size=60,
    )
)
def test_I10_whatever_happens_there_is_a_plan_and_nothing_stays_open(
    story: list[tuple[int, OutcomeKind, float]],
) -> None:
    bench = Bench(3, workers=2)
    running: list[tuple[int, OutcomeKind, int]] = []
    for turn, (at, kind, passed) in enumerate(story):
        bench.clock.now += passed
        worker = turn % 2
        assert set(bench.plan(worker)) <= {0, 1, 2}
        assert bench.plan(worker)
        bench.tables[worker].began(bench.targets[at])
        running.append((at, kind, worker))
        if turn % 3 == 0:
            at, kind, worker = running.pop(0)
            bench.tables[worker].ended(bench.targets[at], Outcome(kind, total_s=1.0), answered=False)
    for at, kind, worker in running:
        bench.tables[worker].answered(bench.targets[at], 0.1)
        bench.tables[worker].ended(bench.targets[at], Outcome(kind, total_s=1.0), answered=True)

    for table in bench.tables:
        assert all((shown.state.busy, shown.state.pending) == (0, 0) for shown in table.shown())


def test_a_view_does_not_change() -> None:
    bench = Bench()
    view = bench.tables[0].snapshot(bench.clock.now)
    states = view.states

    bench.attempt(0, "connect", times=5)

    assert view.states is states
    assert view.calm
    assert [state.tripped for state in view.states] == [False] * 4

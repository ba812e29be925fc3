"""What a worker remembers of each upstream: means, bulkheads, checks, outliers; and which upstreams there are."""

from collections.abc import Sequence
from dataclasses import replace

from lockgate.core.exchange import Upstream
from lockgate.core.health import Outcome, OutcomeKind
from lockgate.health import Enlisted, Shared, Table
from tests.balancing import Bench, Clock, upstreams


def test_means_jump_up_and_come_down_slowly() -> None:
    bench = Bench()
    table, upstream = bench.tables[0], bench.targets[0]

    def mean(total: float, passed: float = 0.0, kind: OutcomeKind = "ok") -> float:
        bench.clock.now += passed
        bench.attempt(0, kind, total_s=total)
        return table.snapshot(0).of(upstream).total_s

    assert mean(1.0) == 1.0
    assert mean(3.0) == 3.0
    assert 2.5 < mean(1.0, passed=1.0) < 3.0
    assert 1.0 < mean(1.0, passed=30.0) < 1.1
    assert mean(0.001, kind="status") > 2.0  # a failure is no quick answer


def test_a_bulkhead_is_full_and_free_again() -> None:
    bench = Bench(2, requests=2)
    table, first = bench.tables[0], bench.targets[0]

    table.began(first)
    assert bench.plan() == [0, 1]
    table.began(first)
    assert bench.plan() == [1]
    table.ended(first, Outcome("ok"), answered=False)
    assert bench.plan() == [0, 1]


def test_pending_ones_have_a_bound_of_their_own() -> None:
    bench = Bench(2, pending=1)
    table, first = bench.tables[0], bench.targets[0]

    table.began(first)
    assert bench.plan() == [1]
    table.answered(first)
    assert bench.plan() == [0, 1]
    table.ended(first, Outcome("ok"), answered=True)
    assert bench.plan() == [0, 1]


def test_a_health_check_takes_it_out_and_brings_it_back() -> None:
    bench = Bench(workers=2)
    bench.tables[0].checked(0, well=False)
    assert bench.plan(1) == [1, 2]

    bench.tables[0].checked(0, well=True)

    assert bench.plan(1) == [0, 1, 2]


def test_a_good_check_shortens_the_time_out_and_one_request_tries_it() -> None:
    bench = Bench()
    bench.attempt(0, "connect", times=5)

    bench.tables[0].checked(0, well=True)

    assert [bench.plan(), bench.plan()] == [[0, 1, 2], [1, 2]]


def test_outliers_leave_once_they_are_seen() -> None:
    bench = Bench(5)
    for at in range(5):
        for turn in range(100):
            bench.attempt(at, "status" if at == 2 and turn % 3 == 0 else "ok")
    bench.clock.now += 11
    bench.attempt(0)

    assert bench.plan() == [0, 1, 3, 4]
    assert bench.tables[0].ejections == {("u2/m", "outlier"): 1}


def test_a_new_configuration_knows_what_the_old_one_learned() -> None:
    bench = Bench(3)
    bench.attempt(0, "connect", times=5)

    places = bench.tables[0].enlist([Enlisted("u0/m", 1, "u0"), Enlisted("new/m", 99, "new")])

    assert places == [0, 3]
    assert [(shown.label, shown.word) for shown in bench.tables[0].shown()] == [("u0/m", "out"), ("new/m", "well")]


def test_who_left_makes_room_after_an_hour_in_every_worker_and_not_while_it_is_asked() -> None:
    clock, shared = Clock(), Shared(4)
    tables = [Table(shared, clock=clock) for _ in range(2)]
    asked = upstreams(1)[0]

    def enlisted(*digests: int) -> list[list[int]]:
        return [table.enlist([Enlisted(str(digest), digest, "p") for digest in digests]) for table in tables]

    def passed(seconds: int) -> None:
        for _ in range(seconds // 60):
            clock.now += 60
            for table in tables:
                table.shown()

    assert enlisted(1, 2, 3) == [[0, 1, 2]] * 2
    tables[0].began(asked)
    for _ in range(5):
        tables[1].began(replace(asked, place=1))
        tables[1].ended(replace(asked, place=1), Outcome("connect"), answered=False)
    assert enlisted(3, 4) == [[2, -1]] * 2  # what is known of the others is kept
    passed(3000)
    assert enlisted(3, 4) == [[2, -1]] * 2
    passed(1200)
    assert enlisted(3, 4) == [[2, 1], [2, 0]]  # in the first worker somebody still asks the one at 0
    assert [(shown.label, shown.word) for shown in tables[0].shown()] == [("4", "well"), ("3", "well")]
    tables[0].ended(asked, Outcome("connect"), answered=False)
    passed(4200)
    assert enlisted(3, 4, 5) == [[2, 1, 0], [2, 0, 1]]
    assert enlisted(3, 4, 5, 6)[0][3] == -1


def test_without_room_an_upstream_is_not_watched_and_nothing_breaks() -> None:
    table = Table(Shared(3), clock=Clock())

    places = table.enlist([Enlisted(str(digest), digest, "p") for digest in (5, 6, 7)])

    assert places == [0, 1, -1]
    lost = upstreams(1)[0]
    stranger = Upstream(lost.name, lost.provider, lost.origin, "", None)
    table.began(stranger)
    table.answered(stranger)
    table.ended(stranger, Outcome("connect"), answered=True)
    assert table.claim(stranger, 0.0)
    assert _rows(table) == 2


def _rows(table: Table) -> int:
    shown: Sequence[object] = table.shown()
    return len(shown)

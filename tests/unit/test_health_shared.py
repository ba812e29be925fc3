"""The memory that processes share: what must happen once happens once, rows are the same for all, and nothing is lost."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from lockgate.core.breaker import Breaker
from lockgate.health import Shared

FORKED = """
import os, sys
from lockgate.core.breaker import Rules, after
from lockgate.core.health import Outcome
from lockgate.health import Shared

shared, begun = Shared(64), []
ready, go = os.pipe()
def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def child(number):
    os.close(go)
    os.read(ready, 1)  # until all are there
    rows = [shared.row(digest, 1.0) for digest in range(1, 21)]
    for turn in range(2000):
        if shared.claim(rows[0], float(turn), turn + 1.0):
            say("claimed", turn)
    for _ in range(3000):
        with shared.lock():
            shared.write(rows[1], after(shared.read(rows[1]), Outcome("connect"), Rules(10**6), 0.0, 0.5))
    say("rows", *rows)
for number in range(4):
    begun.append(os.fork())
    if not begun[-1]:
        child(number)
        os._exit(0)
os.close(go)
for pid in begun:
    os.waitpid(pid, 0)
say("failures", shared.read(shared.row(2, 1.0)).failures)
"""


def test_of_four_processes_one_claims_and_no_count_is_lost() -> None:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    line = [sys.executable, "-c", FORKED]
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=True, timeout=60)
    lines = Counter(done.stdout.splitlines())

    claims = {line: number for line, number in lines.items() if line.startswith("claimed")}
    assert "claimed 0" in claims
    assert set(claims.values()) == {1}
    assert [number for line, number in lines.items() if line.startswith("rows")] == [4]
    assert lines["failures 12000"] == 1


def test_what_is_written_is_read_and_the_stamp_is_another_one() -> None:
    shared = Shared(8)
    row, before = shared.row(7, 1.0), shared.stamp
    breaker = Breaker(3, tripped=True, out_until=12.5, ejections=2, cool_until=4.25, limited=1)

    shared.write(row, breaker)

    assert shared.read(row) == breaker
    assert shared.stamp != before
    assert shared.read(shared.row(9, 1.0)) == Breaker()


def test_rows_that_meet_are_told_apart_and_when_there_is_none_left_it_says_so() -> None:
    shared = Shared(4)

    rows = [shared.row(digest, 1.0) for digest in (3, 6, 9, 12)]

    assert sorted(rows[:3]) == [1, 2, 3]
    assert rows[3] == 0
    assert [shared.row(digest, 1.0) for digest in (3, 6, 9)] == rows[:3]


def test_who_was_not_used_for_long_makes_room_and_nothing_of_it_stays() -> None:
    shared = Shared(4)
    rows = [shared.row(digest, 1.0) for digest in (3, 6, 9)]
    shared.write(rows[1], Breaker(5, tripped=True))
    shared.set_down(rows[1], down=True)
    for row in (rows[0], rows[2]):
        shared.used(row, 4000.0)

    assert shared.row(12, 3600.0) == 0
    assert shared.row(12, 4000.0) == rows[1]
    assert (shared.read(rows[1]), shared.down(rows[1])) == (Breaker(), False)
    assert [shared.row(digest, 4000.0) for digest in (3, 6, 9, 12)] == [rows[0], 0, rows[2], rows[1]]

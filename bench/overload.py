"""What is left of the gateway when far more is asked than it can do: good answers per second, and how soon the others hear no."""

import contextlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import gateway, nginx, process

SECONDS, QUICK = 8.0, 3.0
CONNECTIONS, MANY, TOO_MANY = 64, 256, 1900
CALM = 4.0
"""Seconds until nothing is left of the crowd before: the longest that a connection rests."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`rate` requests a second, 0 for one after the other; of so many connections, all at once or `turns` at a time."""

    title: str
    rate: float
    connections: int
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Per second of the clock, but `cpu`, the part of the gateway's core that it used."""

    title: str
    good: float
    refused: float
    unsent: float
    other: float
    good_p99: float
    refused_p50: float
    refused_p99: float
    late_p99: float
    busy: float
    cpu: float

    @property
    def cost(self) -> float:
        """Seconds of processor for all that was done, by good answers."""
        return self.cpu / self.good if self.good else float("inf")


def main(command: str, *, quick: bool = False) -> int:
    """Prints one table. What the gateway can do is measured before and after each load, on the same core and over as many connections: by
    the clock a share is only as good as the machine is quiet, by its processor time it is what overload itself costs.
    """
    program = nginx.found()
    if not program:
        print("bench: needs nginx as the upstream (Debian: apt install nginx-light)", file=sys.stderr)
        return 1
    seconds = QUICK if quick else SECONDS
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lockgate-bench-")))
        upstream = stack.enter_context(nginx.upstream(program, home))
        tested = stack.enter_context(gateway.running(command, home, gateway.Ports(upstream.port, 0)))
        gateway.working(tested, gateway.SAME)
        few = Asked(f"{CONNECTIONS} clients in turn", 0, CONNECTIONS)
        _asked(few, tested, home, 1.0)
        best = _asked(few, tested, home, seconds / 2)
        print(HEAD)
        print(_row(best, best, best), flush=True)
        for connections in (MANY, TOO_MANY):
            whole = Asked(f"{CONNECTIONS} at a time on {connections} connections", 0, connections, CONNECTIONS)
            before = _asked(whole, tested, home, seconds)
            print(_row(before, best, best), flush=True)
            for title, times in LOADS:
                load = Asked(title.format(connections), before.good * times, connections)
                found = _asked(load, tested, home, seconds)
                after = _asked(whole, tested, home, seconds / 2)
                print(_row(found, before, after), flush=True)
                before = after
    return 0


LOADS = (
    ("1 x as many requests on {} connections", 1),
    ("3 x as many requests on {} connections", 3),
    ("{} clients in turn that obey retry-after", 0),
)
HEAD = (
    f"{'':46}{'good/s':>9}{'of all':>8}{'by CPU':>8}{'refused/s':>11}{'unsent/s':>10}{'other/s':>9}{'p99 good':>10}{'p50 no':>9}"
    f"{'p99 no':>9}{'CPU':>6}{'us a no':>9}{'load late':>11}{'load CPU':>9}"
)


def _row(row: Found, before: Found, after: Found) -> str:
    """Shares are of the mean of what it could do before and after. What a no costs is all that good answers did not."""
    share, cost = 2 * row.good / (before.good + after.good), (before.cost + after.cost) / 2
    no = (row.cpu - row.good * cost) / row.refused * 1e6 if row.refused > 1 else 0.0
    return (
        f"{row.title:46}{row.good:9,.0f}{share:8.0%}{cost / row.cost:8.0%}{row.refused:11,.0f}{row.unsent:10,.0f}{row.other:9,.0f}"
        f"{row.good_p99:7,.0f} ms{row.refused_p50:6,.0f} ms{row.refused_p99:6,.0f} ms{row.cpu:6.0%}{no:9,.0f}"
        f"{row.late_p99:8,.1f} ms{row.busy:9.0%}"
    )


def _asked(asked: Asked, tested: gateway.Gateway, home: Path, seconds: float) -> Found:
    """Of the gateway's processor time, what it took to accept all these connections is not counted, nor by the clock."""
    line = [
        sys.executable,
        "-m",
        "bench.crowd",
        str(tested.port),
        gateway.SAME,
        str(asked.rate),
        str(asked.connections),
    ]
    time.sleep(CALM)
    env = {"BENCH_KEY": tested.key}
    line += [str(seconds), str(asked.turns)]
    with process.running(line, process.LOAD_CORE, log=home / "crowd", env=env, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout is not None
        crowd.stdout.readline()
        before = process.cpu(tested.pid)
        said = crowd.stdout.readline()
        used = process.cpu(tested.pid) - before
    if not said:
        raise process.Failed(f"the crowd said nothing: {(home / 'crowd').read_text()[-400:]}")
    found: dict[str, Any] = msgspec.json.decode(said)
    good, refused = found["good"], found["refused"]
    rates = good["number"] / seconds, refused["number"] / seconds, found["unsent"] / seconds, found["other"] / seconds
    own = found["late"], found["busy"]
    return Found(asked.title, *rates, good["p99"], refused["p50"], refused["p99"], *own, used / seconds)

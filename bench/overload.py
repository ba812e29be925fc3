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
class Found:
    """A second of it."""

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


def main(command: str, *, quick: bool = False) -> int:
    """Prints one table. Capacity is what clients get that ask one after the other; then three times as much is asked."""
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
        _asked("warm", tested, home, (0, CONNECTIONS), 1.0)
        whole = _asked(f"{CONNECTIONS} clients in turn: all that it can do", tested, home, (0, CONNECTIONS), seconds)
        rows = [
            whole,
            _asked("1 x as many requests, whatever comes", tested, home, (whole.good, MANY), seconds),
            _asked("3 x as many requests, whatever comes", tested, home, (whole.good * 3, MANY), seconds),
            _asked(f"{MANY} clients in turn that obey retry-after", tested, home, (0, MANY), seconds),
            _asked(
                f"3 x as many requests on {TOO_MANY} connections", tested, home, (whole.good * 3, TOO_MANY), seconds
            ),
            _asked(f"{TOO_MANY} clients in turn that obey retry-after", tested, home, (0, TOO_MANY), seconds),
        ]
    print(
        f"{'':46}{'good/s':>9}{'of all':>8}{'refused/s':>11}{'unsent/s':>10}{'other/s':>9}{'p99 good':>10}{'p50 no':>9}{'p99 no':>9}"
        f"{'CPU':>6}{'load late':>11}{'load CPU':>9}"
    )
    for row in rows:
        share = row.good / whole.good if whole.good else 0.0
        print(
            f"{row.title:46}{row.good:9,.0f}{share:8.0%}{row.refused:11,.0f}{row.unsent:10,.0f}{row.other:9,.0f}"
            f"{row.good_p99:7,.0f} ms{row.refused_p50:6,.0f} ms{row.refused_p99:6,.0f} ms{row.cpu:6.0%}"
            f"{row.late_p99:8,.1f} ms{row.busy:9.0%}"
        )
    return 0


def _asked(title: str, tested: gateway.Gateway, home: Path, crowd_of: tuple[float, int], seconds: float) -> Found:
    """`crowd_of`: so many requests a second, 0 for one after the other, on so many connections."""
    rate, connections = crowd_of
    line = [sys.executable, "-m", "bench.crowd"]
    line += [str(tested.port), gateway.SAME, str(rate), str(connections), str(seconds)]
    time.sleep(CALM)
    before = process.cpu(tested.pid)
    env = {"BENCH_KEY": tested.key}
    with process.running(line, process.LOAD_CORE, log=home / "crowd", env=env, stdout=subprocess.PIPE) as crowd:
        said, _ = crowd.communicate(timeout=seconds + 60)
    if not said:
        raise process.Failed(f"the crowd said nothing: {(home / 'crowd').read_text()[-400:]}")
    used = process.cpu(tested.pid) - before
    found: dict[str, Any] = msgspec.json.decode(said)
    good, refused = found["good"], found["refused"]
    rates = good["number"] / seconds, refused["number"] / seconds, found["unsent"] / seconds, found["other"] / seconds
    own = found["late"], found["busy"]
    return Found(title, *rates, good["p99"], refused["p50"], refused["p99"], *own, used / seconds)

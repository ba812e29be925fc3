"""What failures cost, through a whole gateway before `lockgate faulty`: `python -m bench.failures [--seconds N] [--only PART]`.

upstreams  success and times while one of three upstreams is dead, hangs or errs, beside three that are well; all at once, so that
           what else the machine does hits all of them alike; and how often the one that errs was asked
failover   what it adds that the first target refuses its connection
hedging    the time to a first token at an upstream that is slow for every twentieth request, with and without a second attempt

The gateway has the first core, the load and the upstreams the second. Upstreams that are well take 20 ms to answer.
"""

import argparse
import http.client
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from subprocess import PIPE
from sys import executable

import msgspec
import uvloop

from bench import process
from bench.steady import Told, asked, at

KEY = "lg-bench-" + "0123456789abcdef" * 3
COMMAND = [executable, "-m", "lockgate.app.cli"]
RATE = 250.0
SECONDS = {"upstreams": 121.0, "failover": 20.0, "hedging": 40.0}
PATIENCE = 15.0
"""Seconds: longer than the silence of the one that hangs is borne."""
CONFIG = """\
version: 1
data: ./data
providers:
  dead: {{kind: openai_compatible, base_url: "http://{refused}/v1"}}
  silent: {{kind: openai_compatible, base_url: "{sick}/v1", timeouts: {{first_byte: 10s}}}}
  erring: {{kind: openai_compatible, base_url: "{sick}/v1"}}
  a: {{kind: openai_compatible, base_url: "{sound}/v1"}}
  b: {{kind: openai_compatible, base_url: "{sound}/v1"}}
  c: {{kind: openai_compatible, base_url: "{sound}/v1"}}
  always: {{kind: openai_compatible, base_url: "http://{refused}/v1", health: {{failures: 1000}}}}
models:
  well: {{balance: {{kind: weighted}}, targets: [{a}, {b}, {c}]}}
  dead: {{balance: {{kind: weighted}}, targets: [{{provider: dead}}, {b}, {c}]}}
  hangs: {{balance: {{kind: weighted}}, targets: [{{provider: silent, model: faulty-u3-hang}}, {b}, {c}]}}
  errs: {{balance: {{kind: weighted}}, targets: [{{provider: erring, model: faulty-u8-503}}, {b}, {c}]}}
  straight: {{targets: [{{provider: a}}]}}
  over: {{targets: [{{provider: always}}, {{provider: a}}]}}
  plain: {{targets: [{{provider: a, model: faulty-sometimes-400}}]}}
  hedged: {{targets: [{{provider: b, model: faulty-sometimes-400}}], hedge: {{at_least: 20ms, percentile: 90}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: bench, team: all, secret: {{env: BENCH_KEY}}}}]
"""


@contextmanager
def started(home: Path, name: str, core: int, *arguments: str, lines: int) -> Iterator[list[str]]:
    """A command, and the first lines that it says."""
    env = {"BENCH_KEY": KEY}
    with process.running([*COMMAND, *arguments], core, log=home / f"{name}.log", env=env, stdout=PIPE) as running:
        assert running.stdout is not None
        said = [running.stdout.readline().strip() for _ in range(lines)]
        if not all(said):
            raise process.Failed(f"{name}: {(home / f'{name}.log').read_text()[-400:]}")
        yield said


def faulty(home: Path, name: str) -> AbstractContextManager[list[str]]:
    return started(home, name, process.LOAD_CORE, "faulty", "--port", "0", "--control", "0", lines=3)


def seen(control: str) -> list[float]:
    """When the upstream that errs was asked."""
    connection = http.client.HTTPConnection(control.rpartition("/")[2], timeout=20)
    connection.request("GET", "/history")
    entries = msgspec.json.decode(connection.getresponse().read())
    connection.close()
    return [entry["at"] for entry in entries if entry["model"] == "faulty-u8-503"]


def row(name: str, told: Told, than: Told) -> str:
    times = told.first
    ratio = at(times, 0.99) / at(than.first, 0.99)
    wrong = ", ".join(f"{number} x {what}" for what, number in told.wrong.items())
    lost = told.asked - len(told.whole)
    return (
        f"{name:10}{told.asked:>9,}{told.good / told.asked:>11.4%}{at(times, 0.5):>9.2f}{at(times, 0.99):>9.2f}"
        f"{at(times, 0.999):>9.1f}{max(times) * 1e3:>10.1f}{ratio:>9.2f}  {wrong}{f' {lost} unanswered' if lost else ''}"
    )


def measured(port: int, part: str, seconds: float, control: str) -> None:
    """Prints one table."""
    models = {"upstreams": ("well", "dead", "hangs", "errs"), "failover": ("straight", "over")}.get(
        part, ("plain", "hedged")
    )
    rate, stream = (RATE, False) if part != "hedging" else (RATE / 5, True)
    found = uvloop.run(asked(port, models, KEY, rate, seconds, stream=stream, patience=PATIENCE))
    print(
        f"\n{part:10}{'requests':>9}{'success':>11}{'p50 ms':>9}{'p99 ms':>9}{'p99.9':>9}{'longest':>10}{'p99 to':>9}"
    )
    for name, told in found.items():
        print(row(name, told, found[models[0]]))
    if part == "failover":
        added = at(found["over"].first, 0.5) - at(found["straight"].first, 0.5)
        print(f"fail-over adds {added:.2f} ms at the median")
    if part == "upstreams":
        times = seen(control)
        print("the one that errs was asked after s:", ", ".join(f"{when - times[0]:.2f}" for when in times[:20]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="of each part, instead of its own length")
    parser.add_argument("--only", action="append", choices=SECONDS, help="this part; may be repeated")
    wanted = parser.parse_args()
    os.sched_setaffinity(0, {process.LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="lockgate-bench-") as folder:
        home = Path(folder)
        with faulty(home, "sound") as sound, faulty(home, "sick") as sick:
            file = home / "lockgate.yaml"
            targets = {name: f"{{provider: {name}, model: faulty-slow-20}}" for name in ("a", "b", "c")}
            places = {"sound": sound[0].rpartition(" ")[2], "sick": sick[0].rpartition(" ")[2]}
            refused = sound[2].rpartition(" ")[2]
            file.write_text(CONFIG.format(**places, **targets, refused=refused))
            line = ("serve", "--config", str(file), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
            with started(home, "gateway", process.GATEWAY_CORE, *line, lines=2) as serving:
                port = int(serving[0].rpartition(":")[2])
                for part in wanted.only or SECONDS:
                    measured(port, part, wanted.seconds or SECONDS[part], sick[1].rpartition(" ")[2])


if __name__ == "__main__":
    main()

"""Many streams at once through a proxy: what an event costs it, and what an open stream holds."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import process

EVENTS = 100
_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(frozen=True, slots=True)
class Result:
    """`cpu` is in µs per event, of the proxy; `held` in KiB per open stream, None when not all of them began;
    `rate` in events per second.
    """

    cpu: float
    held: float | None
    rate: float
    first_p50: float
    failed: int
    wrong: str = ""


@contextlib.contextmanager
def upstream(home: Path) -> Iterator[int]:
    """The port of the stream upstream, on the load's core."""
    port, log = process.free_port(), home / "streams.log"
    command = [sys.executable, "-m", "bench.stream_upstream", "--port", str(port), "--events", str(EVENTS)]
    with process.running(command, process.LOAD_CORE, log=log) as running:
        process.await_answer(running, port, log)
        yield port


def run(home: Path, pid: int, port: int, *, model: str, key: str, streams: int, gap_ms: int, idle: int = 0) -> Result:
    """One round through the proxy `pid` at `port`. Its model is `model` + `-` + the gap.

    `idle` is the worker's memory in KiB before any load: what a later round reuses is held as well.
    """
    secret = home / "stream.key"
    secret.write_text(key)
    worker = process.worker(pid, port)
    used = process.cpu(pid)
    held: float | None = None
    said: dict[str, float] = {}
    wrong = ""
    for line in _load(home, port, f"{model}-{gap_ms}", secret=secret, streams=streams, gap_ms=gap_ms):
        if "open" in line:
            held = (process.memory(worker).pss - idle) / max(1, int(str(line["open"])))
        else:
            wrong = str(line.pop("wrong"))
            said = {name: float(str(value)) for name, value in line.items()}
    if not said:
        raise process.Failed(f"the load ended without a result: {(home / 'load.log').read_text()[-300:]}")
    spent = process.cpu(pid) - used
    events = max(1.0, said["events"])
    return Result(
        cpu=spent / events * 1e6,
        held=held,
        rate=events / said["seconds"],
        first_p50=said["first_p50"] * 1000,
        failed=int(said["failed"]),
        wrong=wrong,
    )


def _load(home: Path, port: int, model: str, *, secret: Path, streams: int, gap_ms: int) -> Iterator[dict[str, object]]:
    patience = EVENTS * gap_ms / 1000 * 3 + 20
    command = [sys.executable, "-m", "bench.stream_load", "--port", str(port), "--streams", str(streams)]
    command += ["--events", str(EVENTS), "--model", model, "--key-file", str(secret), "--patience", str(patience)]
    with process.running(command, process.LOAD_CORE, log=home / "load.log", stdout=subprocess.PIPE) as load:
        assert load.stdout is not None
        for line in load.stdout:
            yield _decode(line)


def median(results: list[Result]) -> Result:
    """The round in the middle by cost; failures add up."""
    middle = sorted(results, key=lambda one: one.cpu)[len(results) // 2]
    wrong = next((one.wrong for one in results if one.wrong), "")
    return Result(middle.cpu, middle.held, middle.rate, middle.first_p50, sum(r.failed for r in results), wrong)

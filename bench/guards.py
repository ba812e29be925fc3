"""`./lockgate bench --guards`: how well the guards find, and what they cost."""

import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from bench import bodies, guard_set, injection, new_texts, pipeline
from bench.phases import best
from lockgate.core.guard import Rule, Rules
from lockgate.core.known import Known
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.looking import Looking

SECONDS = 1.0
PROSE = (
    "The committee met on Tuesday to discuss the budget for the coming year. Several members asked why the figures had changed since "
    "the spring, and the treasurer explained that prices had risen faster than anybody expected. It was agreed to look at it again. "
)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="lockgate-bench-"))
    for line in _lines(folder):
        print(line, flush=True)
    return 0


def _lines(folder: Path) -> Iterator[str]:
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # what compiling takes is not what is in use afterwards
        compiled, used, peak = apart.submit(_compiled, folder).result()
    guards = [pii().build(), secrets().build()]
    before, started = _resident(), time.process_time()
    engine = Looking(guards, folder)
    read = time.process_time() - started
    yield f"automata: compiled in {compiled:.2f} s ({used:.2f} s of processor time, {peak:.0f} MB at most), read again in {read:.3f} s"
    yield f"memory with both in it: +{_resident() - before:.0f} MB"
    yield from _quality(engine)
    yield from _speed(engine)
    yield from new_texts.lines(folder, SECONDS)
    yield from injection.lines(guard_set.rows("injection/dev.jsonl"), SECONDS)


def _quality(engine: Looking) -> Iterator[str]:
    documents = guard_set.rows("dlp/dev.jsonl")
    if not documents:
        yield "no labelled texts in ../shared/data: nothing to score"
        return
    yield from guard_set.told(guard_set.scored(engine, documents))
    benign = [
        row for row in guard_set.rows("injection/dev.jsonl") if row["label"] == 0 and crc32(row["id"].encode()) % 2
    ]
    if benign:
        yield "benign texts of the injection set, the half on which nothing was tuned (some hold true personal data: nobody marked it)"
        yield from guard_set.clean(guard_set.scored(engine, benign))


def _speed(engine: Looking) -> Iterator[str]:
    both = guard_set.BOTH
    prose = (PROSE * 40)[:8192]
    yield f"engine on prose: {best(lambda: engine.look(prose, both), SECONDS) / 8:.1f} µs per KB"
    line = '{"id": 17, "path": "/src/app/main.py", "tool": "read_file", "text": "def main() -> None:"}\n'
    yield f"engine on JSON and code: {best(lambda: engine.look((line * 100)[:8192], both), SECONDS) / 8:.1f} µs per KB"
    yield _worst(engine)
    yield f"what a stream asks after each event: {best(lambda: engine.growing(prose[:300], both), SECONDS):.1f} µs"
    rules = [
        Rule("pii", 0, "mask", frozenset(("request", "response"))),
        Rule("secrets", 1, "mask", frozenset(("request", "response"))),
    ]
    requests, responses = Rules(rules, engine, "request", Known(b"bench")), Rules(rules, engine, "response")
    guarded = pipeline.gateway(requests, responses)
    plain = pipeline.gateway()
    for size in (1100, 28_000, 76_000):
        asked = pipeline.request("same", size)
        without = best(partial(_answer, plain, asked), SECONDS)
        with_ = best(partial(_answer, guarded, asked), SECONDS)
        yield f"whole request, {size / 1000:g} KB: {without:.1f} µs without rules, {with_:.1f} µs with pii and secrets both ways"
    asked = pipeline.request("same", 1100, stream=True)
    without = best(partial(_answer, plain, asked), SECONDS) / pipeline.EVENTS
    with_ = best(partial(_answer, guarded, asked), SECONDS) / pipeline.EVENTS
    yield f"whole stream, per event: {without:.1f} µs without rules, {with_:.1f} µs with both"
    reference = bodies.chat("same", 1100)
    yield f"for comparison: reading 1.1 KB of JSON takes {best(partial(msgspec.json.decode, reference), SECONDS):.1f} µs here now"


ADVERSARIES = (
    "a",
    "0",
    "1-",
    "key ",
    "a.b@",
    "eyJ",
    "1.1.1.1 ",
    "token: a1b2c3d4 ",
    "call 0301234567 ",
    "4111 1111 1111 1111 ",
    "&#65;",
    "\u200ba",
)


def _worst(engine: Looking) -> str:
    """Texts made to be slow, by processor time (S49)."""
    took: dict[str, float] = {}
    for seed in ADVERSARIES:
        text = (seed * 100_000)[:99_999] + "!"
        started = time.process_time()
        engine.look(text, guard_set.BOTH)
        took[seed] = (time.process_time() - started) * 1000
    worst = max(took, key=took.__getitem__)
    return f"100 KB made to be slow: {min(took.values()):.0f} to {took[worst]:.0f} ms ({worst!r} again and again)"


def _answer(gateway: Any, asked: Any) -> None:
    pipeline.finished(pipeline.answered(gateway, asked))


def _compiled(folder: Path) -> tuple[float, float, float]:
    """Seconds that passed, seconds of the processor, and megabytes at most."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Looking([pii().build(), secrets().build()], folder)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return time.perf_counter() - started, time.process_time(), peak


def _resident() -> float:
    """In use, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1024 / 1024

"""What the audit log costs: µs on the loop and in its thread, ms until a record is durable, and how fast a log is verified."""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from bench import process
from bench.table import Row
from lockgate.audit import key_file
from lockgate.audit.chain import Chain
from lockgate.audit.log import AuditLog
from lockgate.audit.scribe import Scribe
from lockgate.audit.verify import Trust, verify
from lockgate.core.answer import Usage
from lockgate.core.sink import Attempt, Record, Tail
from lockgate.sinks.file.disk import SystemDisk
from lockgate.sinks.file.sink import Limits, Segments

RECORD = Record(
    ts=1_767_225_600.0, kind="outcome", request_id="0123456789abcdef0123456789abcdef", key_id="key_0123456789", team="shop",
    model="gpt-5-mini", operation="chat", dialect="openai_chat", upstream="openai", status=200,
    attempts=(Attempt("openai", 200),), usage=Usage(120, 40), cost_usd="0.00011", duration_ms=812.4, first_byte_ms=300.1,
    gateway_ms=0.21, admitted=True, end="complete",
)  # fmt: skip
REST = 0.0003
"""Seconds between two flushes: about what a request does between its two."""
VERIFIED = 200_000
"""Records of the log that is verified: some 130 MB."""


def measured(*, quick: bool) -> list[Row]:
    """A folder of its own, on the disk that temporary files are on."""
    with tempfile.TemporaryDirectory(prefix="lockgate-audit-") as home:
        rows = [*_lines(), *asyncio.run(_commits(Path(home) / "commits", 100 if quick else 400))]
        return [*rows, *_verified(Path(home) / "verified", VERIFIED // (8 if quick else 1))]


def _chain(data: Path) -> Chain:
    return Chain("w0", key_file.current(data), Tail())


def _segments(data: Path) -> Segments:
    segments = Segments(data / "audit", "w0", Limits(64 << 20, 86400.0, pack=False), time.time, SystemDisk())
    segments.recover()
    return segments


def _lines() -> list[Row]:
    with tempfile.TemporaryDirectory() as home:
        chain = _chain(Path(home))
        best = min(_timed(lambda: chain.lines([RECORD] * 1000)) for _ in range(5))
    return [Row("audit: a record to a line, in the thread", "µs", gateway=best * 1e3, most=10)]


def _timed(step: object) -> float:
    assert callable(step)
    began = time.process_time()
    step()
    return time.process_time() - began


async def _commits(data: Path, rounds: int) -> list[Row]:
    log = AuditLog(Scribe(_chain(data), [_segments(data)]), patience=60)
    rows = []
    for waiting in (1, 32):
        took, spent = [], 0.0
        for _ in range(rounds):
            began, busy = time.perf_counter(), time.thread_time()
            futures = [log.put(RECORD) for _ in range(waiting)]
            spent += time.thread_time() - busy
            await asyncio.gather(*(future for future in futures if future is not None))
            took.append(time.perf_counter() - began)
        name = f"audit: durable, {waiting} waiting"
        rows.append(
            Row(f"{name}, p50", "ms", gateway=statistics.median(took) * 1e3, most=0.4 if waiting == 1 else None)
        )
    rows.append(Row("audit: a record on the loop", "µs", gateway=spent / rounds / waiting * 1e6, most=2))
    await log.aclose()
    return [*rows, Row("audit: written and flushed alone, p50", "ms", gateway=flush(data / "alone", rounds) * 1e3)]


def flush(data: Path, rounds: int) -> float:
    """What the sink takes for one line, in seconds: on the gateway's core, where a flush's end is told by another one, and
    after a rest, as between two requests. Without either it took half as long on one machine.
    """
    segments, took, cores = _segments(data), [], os.sched_getaffinity(0)
    os.sched_setaffinity(0, {process.GATEWAY_CORE})
    try:
        for _ in range(rounds):
            time.sleep(REST)
            began = time.perf_counter()
            segments.write(b"x" * 599 + b"\n")
            took.append(time.perf_counter() - began)
    finally:
        os.sched_setaffinity(0, cores)
        segments.close()
    return statistics.median(took)


def _verified(data: Path, records: int) -> list[Row]:
    """By processor time, of one core: others on the machine do not count."""
    chain, segments = _chain(data), _segments(data)
    for _ in range(records // 1000):
        segments.write(chain.lines([RECORD] * 1000)[0])
    segments.close()
    trust = Trust(key_file.known(data))
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        verdict = verify(data / "audit", trust)
        best = max(best, verdict.size / (time.process_time() - began) / 1e6)
    note = "" if verdict.bad == () else f"bad: {verdict.bad[0]}"
    return [Row("audit: verify", "MB/s of one core", gateway=best, least=200, note=note)]

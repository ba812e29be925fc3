"""What is measured, in which order, and what its rows are. Candidates take turns, so that a noisy minute hits all."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import audit, bodies, gateway, key_table, phases, planning, process, streams, wrk
from bench.extent import QUICK, Extent
from bench.limited import IN_THE_FILE
from bench.nginx import Nginx
from bench.table import Row

Say = Callable[[str], None]
LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is asked: its process and its port."""

    pid: int
    port: int


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a measure may need; None for what is not there."""

    home: Path
    extent: Extent
    say: Say
    command: str
    ports: gateway.Ports
    tool: str | None = None
    upstream: Nginx | None = None
    proxy: Nginx | None = None
    tested: gateway.Gateway | None = None
    idle: dict[int, int] = field(default_factory=dict)
    """Memory of a proxy's worker in KiB before the first round of streams, by the proxy's process."""

    def load(self, place: "Place", model: str, size: int, connections: int, sent: Sequence[bytes] = ()) -> wrk.Result:
        """`sent`, where it is not always the same."""
        assert self.tool
        key = self.tested.key if self.tested else "none"
        url = f"http://127.0.0.1:{place.port}/v1/chat/completions"
        sent = sent or (bodies.chat(model, size),)
        seconds = self.extent.seconds
        used = process.cpu(place.pid)
        found = wrk.run(self.tool, self.home, url, sent, key=key, connections=connections, seconds=seconds)
        used = process.cpu(place.pid) - used
        return replace(found, cpu=used / (found.rate * seconds) * 1e6 if found.rate else 0.0)


def requests(bench: Bench) -> list[Row]:
    """Whole answers at 32 connections, in the client's dialect and translated."""
    if not bench.tool or not bench.upstream:
        return [Row("requests", "", note="needs wrk and nginx")]
    rows: list[Row] = []
    for size, label in ((1100, "1.1 KB"), (28_000, "28 KB")):
        small = size < 4000
        found = _in_turn(bench, size, 32)
        plain = found.get("nginx")
        ceiling = f"straight to the upstream, which is all that this load can do: {found['direct'].rate:,.0f}/s"
        for lane, name, least, share in (
            (gateway.SAME, "same dialect", 11_000 if small else None, 0.13 if small else None),
            (gateway.TRANSLATED, "translated", 8_000 if small else None, None),
        ):
            mine = found.get(lane)
            note = f"{mine.failed} failed" if mine and mine.failed else ""
            note += f"nginx: {plain.failed} failed" if plain and plain.failed else ""
            note = note or (ceiling if lane == gateway.SAME else "")
            title = f"{label} {name}, 32 connections"
            rate, was = mine.rate if mine else None, plain.rate if plain else None
            rows.append(Row(title, "requests/s", was, rate, least=least, least_ratio=share, note=note))
            for part in ("p50", "p99"):
                mine_ms, plain_ms = (getattr(one, part) if one else None for one in (mine, plain))
                rows.append(Row(f"  {part}", "ms", plain_ms, mine_ms))
            rows.append(Row("  processor per request", "µs", plain.cpu if plain else None, mine.cpu if mine else None))
    return rows


def latency(bench: Bench) -> list[Row]:
    """What the way through adds at one connection, over asking the upstream directly; and with three limits and a budget."""
    if not bench.tool or not bench.upstream:
        return [Row("added latency", "", note="needs wrk and nginx")]
    before = audit.flush(bench.home / "flushed-before", 200)
    with contextlib.ExitStack() as stack:
        limited = None
        if bench.tested:
            started = gateway.running(bench.command, bench.home, bench.ports, "with-limits", limits=IN_THE_FILE)
            limited = stack.enter_context(started)
        found = _in_turn(bench, 1100, 1, limited)
    direct = found["direct"].p50
    rows = []
    for lane, name, most in (
        (gateway.SAME, "same dialect", 0.30),
        (LIMITED, "with limits", 0.80),
        (gateway.TRANSLATED, "translated", None),
    ):
        plain, mine = (found[one].p50 - direct if one in found else None for one in ("nginx", lane))
        note = f"direct {direct:.3f} ms"
        rows.append(Row(f"added at one connection, {name}, p50", "ms", plain, mine, most=most, note=note))
    after = audit.flush(bench.home / "flushed-after", 200)
    note = f"{before * 1e3:.3f} ms before, {after * 1e3:.3f} after; each request waits for two: let through, and what came of it"
    return [*rows, Row("  a line written and flushed alone, p50", "ms", gateway=(before + after) / 2 * 1e3, note=note)]


def _in_turn(
    bench: Bench, size: int, connections: int, limited: gateway.Gateway | None = None
) -> dict[str, wrk.Result]:
    """Median per candidate: the upstream itself, nginx before it, the gateway's two lanes, and another one with limits."""
    assert bench.upstream
    ways = {"direct": (bench, Place(bench.upstream.pid, bench.upstream.port), gateway.SAME)}
    if bench.proxy:
        ways["nginx"] = (bench, Place(bench.proxy.pid, bench.proxy.port), gateway.SAME)
    if bench.tested:
        tested = Place(bench.tested.pid, bench.tested.port)
        ways |= {lane: (bench, tested, lane) for lane in (gateway.SAME, gateway.TRANSLATED) if _works(bench, lane)}
    if limited and _works(other := replace(bench, tested=limited), gateway.SAME):
        ways[LIMITED] = (other, Place(limited.pid, limited.port), gateway.SAME)
    results: dict[str, list[wrk.Result]] = {name: [] for name in ways}
    for turn in range(bench.extent.rounds):
        for name, (asking, place, model) in ways.items():
            bench.say(f"{size} bytes, {connections} connections, round {turn + 1}: {name}")
            results[name].append(asking.load(place, model, size, connections))
    return {name: wrk.median(rounds) for name, rounds in results.items()}


def _works(bench: Bench, lane: str) -> bool:
    assert bench.tested
    try:
        gateway.working(bench.tested, lane)
    except process.Failed as error:
        bench.say(f"left out: {error}")
        return False
    return True


def streamed(bench: Bench) -> list[Row]:
    """400 streams at once: processor time per event, and memory per open stream."""
    return _streams(bench, 400, 20, most=(18.0, 28.0))


def many(bench: Bench) -> list[Row]:
    """2,000 streams at once on one core: none may fail."""
    return _streams(replace(bench, extent=replace(bench.extent, rounds=1)), 2000, 100, most=(None, None))


def _streams(bench: Bench, count: int, gap: int, *, most: tuple[float | None, float | None]) -> list[Row]:
    plain = (
        _rounds(bench, Place(bench.proxy.pid, bench.proxy.streams), gateway.SAME_STREAM, count, gap)
        if bench.proxy
        else None
    )
    rows: list[Row] = []
    lanes = ((gateway.SAME_STREAM, "verbatim", most[0]), (gateway.TRANSLATED_STREAM, "translated", most[1]))
    for model, name, aim in lanes:
        mine = _rounds(bench, Place(bench.tested.pid, bench.tested.port), model, count, gap) if bench.tested else None
        title = f"{count:,} streams {name}"
        cpu = mine.cpu if mine else None
        rows.append(Row(f"{title}, processor per event", "µs", plain.cpu if plain else None, cpu, most=aim))
        each = plain.held if plain else None
        rows.append(Row("  memory per open stream", "KiB", each, mine.held if mine else None, most=30.0))
        first = plain.first_p50 if plain else None
        rows.append(Row("  time to first byte, p50", "ms", first, mine.first_p50 if mine else None))
        failed, wrong = (float(mine.failed) if mine else None), mine.wrong if mine else ""
        rows.append(Row("  streams failed", "", float(plain.failed) if plain else None, failed, most=0, note=wrong))
    return rows


def _rounds(bench: Bench, place: Place, model: str, count: int, gap: int) -> streams.Result | None:
    key = bench.tested.key if bench.tested else "none"
    try:
        # What the first request of all costs (imports, connections) is no stream's fault.
        warm = streams.run(bench.home, place.pid, place.port, model=model, key=key, streams=20, gap_ms=20)
        if warm.failed:
            bench.say(f"{model}: {warm.wrong}")
        idle = bench.idle.setdefault(place.pid, process.memory(process.worker(place.pid, place.port)).pss)
        results = []
        for turn in range(bench.extent.rounds):
            bench.say(f"{count} streams, {model}, round {turn + 1}")
            one = streams.run(
                bench.home, place.pid, place.port, model=model, key=key, streams=count, gap_ms=gap, idle=idle
            )
            results.append(one)
    except process.Failed as error:
        bench.say(f"left out: {error}")
        return None
    return streams.median(results)


def start(bench: Bench) -> list[Row]:
    """From the command to the first good answer, and what a worker holds before anybody asked it anything."""
    ready: list[float] = []
    memories: list[process.Memory] = []
    for turn in range(bench.extent.starts):
        bench.say(f"start {turn + 1}")
        try:
            with gateway.running(bench.command, bench.home, bench.ports, f"start-{turn}") as fresh:
                time.sleep(0.3)
                ready.append(fresh.ready)
                memories.append(process.memory(process.worker(fresh.pid, fresh.port)))
        except process.Failed as error:
            return [Row("start to ready", "s", note=f"did not start: {error}")]
    middle = sorted(ready)[len(ready) // 2]
    idle = sorted(memories, key=lambda one: one.rss)[len(memories) // 2]
    plain = process.memory(bench.proxy.pid) if bench.proxy else None
    return [
        Row("start to ready", "s", gateway=middle, most=1.0),
        Row("idle worker, RSS", "MiB", plain.rss / 1024 if plain else None, idle.rss / 1024, most=80),
        Row("idle worker, PSS", "MiB", plain.pss / 1024 if plain else None, idle.pss / 1024),
    ]


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {
    # Streams come first: memory is counted from a worker that has done nothing yet.
    "start": start,
    "streams": streamed,
    "many": many,
    "latency": latency,
    "requests": requests,
    "phases": lambda bench: phases.rows(bench.extent.phase_seconds),
    "planning": lambda bench: planning.rows(),
    "keys": lambda bench: key_table.rows(),
    "audit": lambda bench: audit.measured(quick=bench.extent is QUICK),
}

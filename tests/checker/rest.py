"""What is left when all is over, and how much was asked of the upstream: I10, I11."""

import os
from collections.abc import Iterator
from statistics import median

from tests.checker.histories import Histories

FILES = 8
"""Connections to upstreams that are kept for the next request, and files that are opened with the first."""
THREADS = 3 * min(32, (os.cpu_count() or 1) + 4)
"""Those of the pools for files and names, of three processes: they come when they are needed and stay."""
GROWTH = 8 * 1024
"""Kilobytes that may come between the second and the last quarter of a run: what allocators do, and no leak of a request."""


def rest(run: Histories) -> Iterator[str]:
    """I10: gauges are 0 again, files and threads as before, and memory does not grow with time."""
    for name, value in run.after.gauges.items():
        if value:
            yield f"{name} is {value}"
    if run.after.files > run.before.files + FILES:
        yield f"{run.after.files} files are open, and were {run.before.files}"
    if run.after.threads > run.before.threads + THREADS:
        yield f"{run.after.threads} threads run, and were {run.before.threads}"
    quarter = len(run.memory) // 4
    if quarter:
        grown = median(run.memory[-quarter:]) - median(run.memory[quarter : 2 * quarter])
        if grown > GROWTH:
            yield f"memory grew by {grown:.0f} kB"


def attempts(run: Histories) -> Iterator[str]:
    """I11: no storm. An attempt at another upstream that answers is no repetition."""
    asked = elsewhere = 0
    for lines in run.lines("outcome").values():
        tried = lines[0]["attempts"]
        asked += bool(tried)
        elsewhere += len(tried) > 1 and tried[-1]["status"] == 200 and tried[-1]["upstream"] != tried[-2]["upstream"]
    most = 1.2 * asked + run.credit
    if len(run.upstream) - elsewhere > most:
        yield f"the upstream got {len(run.upstream)} requests for {asked}, of which {elsewhere} were saved elsewhere"

"""What four workers gain from a second core, where the load needs one of the two: by the processor time of a request.

On two cores the load and the gateway share the second, so that requests a second show nothing. But what keeps workers from
running side by side (locks, lines of the cache, the writers of a store) shows in the processor time that a request takes, and what they
cannot do side by side at all is bounded by how long the one lock that they share is held. So much is implied by both.
"""

import shutil
from dataclasses import replace
from statistics import median
from time import process_time

from bench import gateway, process
from bench.limited import IN_THE_FILE, Scopes
from bench.measures import Bench, Place
from bench.table import Row

WORKERS, AIM, TIMES = 4, 1.7, 2000
CONNECTIONS, OFTEN = 32, 4


def scaling(bench: Bench) -> list[Row]:
    """Without limits, and with three and a budget, which all workers write into one LMDB."""
    if not bench.tool or not bench.upstream or not shutil.which("taskset") or process.GATEWAY_CORE == process.LOAD_CORE:
        return [Row("four workers on two cores", "", note="needs wrk, nginx, taskset and two cores")]
    try:
        return [*_rows(bench, "", ""), *_rows(bench, " with limits", IN_THE_FILE)]
    except process.Failed as error:
        return [Row("four workers on two cores", "", note=f"failed: {error}")]


def _rows(bench: Bench, title: str, limits: str) -> list[Row]:
    """The same processes on one core and on both, in turn and often: what else the machine does meanwhile hits both alike.
    Each request's processor time is that of the whole tree, the audit's threads included.
    """
    one, both = {process.GATEWAY_CORE}, {process.GATEWAY_CORE, process.LOAD_CORE}
    alone, shared = list[float](), list[float]()
    short = replace(bench, extent=replace(bench.extent, seconds=1.0))
    name, command = f"workers{'-limits' if limits else ''}", f"{bench.command} --workers {WORKERS}"
    with gateway.running(command, bench.home, bench.ports, name, limits=limits) as tested:
        gateway.working(tested, gateway.SAME)
        at, place = replace(short, tested=tested), Place(tested.pid, tested.port)
        at.load(place, gateway.SAME, 1100, CONNECTIONS)  # what is only done once
        for turn in range(OFTEN * bench.extent.rounds):
            bench.say(f"{WORKERS} workers{title}, round {turn + 1}")
            for cores, times in ((one, alone), (both, shared)):
                process.move(tested.pid, cores)
                times.append(at.load(place, gateway.SAME, 1100, CONNECTIONS).cpu)
    single, twice, held = median(alone), median(shared), _held() if limits else 0.0
    implied = min(2.0, 2 * single / twice) / (1 + held / twice)  # Amdahl's, of the part under the lock
    note = f"{single:.0f} µs of processor a request on one core, {twice:.0f} on two"
    note += f"; {held:.0f} of them at most with the store's lock" if held else ""
    return [Row(f"{WORKERS} workers{title}, implied gain of a second core", "x", None, implied, least=AIM, note=note)]


def _held() -> float:
    """µs of a request's two transactions, which are no longer than all of reserving and settling."""
    scopes = Scopes()
    best = float("inf")
    for _ in range(5):
        began = process_time()
        for _ in range(TIMES):
            scopes.ask()
        best = min(best, (process_time() - began) / TIMES * 1e6)
    return best

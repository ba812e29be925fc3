"""How a gateway stands, read from outside: its gauges, and what the system says of its processes."""

import asyncio
import re
from pathlib import Path

from lockgate.app.limits import limits
from lockgate.app.load import load
from lockgate.core.limit import Claim
from lockgate.core.limit_store import Place
from lockgate.limits.lmdb import plugin as lmdb
from lockgate.pipeline.applies import counter
from tests.checker.histories import Budget, Reading
from tests.e2e import warm
from tests.e2e.process import Running, request
from tests.e2e.warm import ROOT
from tests.soak.ground import Ground

GAUGES = (
    "lockgate_requests_open",
    "lockgate_streams_open",
    "lockgate_reservations_open",
    "lockgate_upstream_busy",
    "lockgate_audit_backlog",
    "lockgate_audit_unavailable",
    "lockgate_limits_alone",
)


def reading(ground: Ground) -> Reading:
    """Connections that the upstream has open are kept for the next request, and are not counted."""
    said = request(ground.gateway.admin, "GET", "/metrics").body.decode()
    idle = request(ground.upstream.control, "GET", "/open").json["connections"]
    processes = [Path(f"/proc/{pid}") for pid in ground.gateway.children]
    files = sum(len(list((each / "fd").iterdir())) for each in processes)
    threads = sum(len(list((each / "task").iterdir())) for each in processes)
    return Reading(dict(_gauges(said)), files - idle, threads)


def memory(gateway: Running) -> int:
    """Resident, in kilobytes, of all processes."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in gateway.children]
    return sum(int(found[1]) for said in statuses if (found := re.search(r"VmRSS:\s+(\d+)", said)))


def budgets(gateway: Running, *teams: str) -> dict[str, Budget]:
    """Of a gateway that has stopped."""
    return asyncio.run(_budgets(gateway, teams))


def artefacts(gateway: Running, metrics: bytes) -> dict[str, bytes]:
    """All that it left behind, but what has to be there: the pepper and the keys of the log, which are no canaries."""
    files = [path for path in (*gateway.data.rglob("*"), gateway.folder / "stderr") if path.is_file()]
    return {**{str(path.relative_to(gateway.folder)): path.read_bytes() for path in files}, "metrics": metrics}


def verified(gateway: Running) -> str:
    """What `audit verify` says, if it is not content."""
    said = warm.run(["audit", "verify", "--config", str(gateway.file)], gateway.env)
    return said.stdout + said.stderr if said.returncode else ""


def codes() -> frozenset[str]:
    """Those that docs/errors.md names."""
    return frozenset(re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))


async def _budgets(gateway: Running, teams: tuple[str, ...]) -> dict[str, Budget]:
    known = limits(load(gateway.file, dict(gateway.env)).valid).at
    store = lmdb().build(Place(gateway.data, "reader"))
    try:
        found = {}
        for team in teams:
            (budget,) = [limit for limit in known["team", team] if limit.kind == "cost"]
            (row,) = await store.read([Claim(counter(budget, team), budget.shape, 0)])
            found[team] = Budget(row.used, row.held, budget.shape.max)
    finally:
        await store.aclose()
    return found


def _gauges(said: str) -> list[tuple[str, float]]:
    rows = [line.rpartition(" ") for line in said.splitlines() if line.startswith(GAUGES)]
    return [(name, float(value)) for name, _, value in rows]

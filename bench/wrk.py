"""wrk as the load of whole answers: a script of ours sends the body and prints microseconds as JSON."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import process

_SCRIPT = """
local bodies = {{}}
for line in io.lines("{bodies}") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.body = bodies[1]
local at = 0
if #bodies > 1 then
  request = function()
    at = at % #bodies + 1
    return wrk.format(nil, nil, nil, bodies[at])
  end
end
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer {key}"
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nRESULT {{"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d,"refused":%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
"""


@dataclass(frozen=True, slots=True)
class Result:
    """Requests a second, latencies in milliseconds, how many did not end with a good status, and µs of processor that the
    other side used for each.
    """

    rate: float
    p50: float
    p99: float
    failed: int = 0
    cpu: float = 0.0


def found() -> str | None:
    return shutil.which("wrk")


def run(
    program: str, home: Path, url: str, sent: Sequence[bytes], *, key: str, connections: int, seconds: float
) -> Result:
    """One round, on the load's core. What is sent, one after another, has no line's end in it."""
    bodies, script = home / "wrk.bodies", home / "wrk.lua"
    bodies.write_bytes(b"\n".join(sent))
    script.write_text(_SCRIPT.format(bodies=bodies, key=key))
    command = [program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    said = subprocess.run(
        [*command, "-s", str(script), url],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 30,
        preexec_fn=lambda: os.sched_setaffinity(0, {process.LOAD_CORE}),
    )
    if said.returncode:
        raise process.Failed(f"wrk ended with {said.returncode}: {said.stderr.strip()[-300:]}")
    return read(said.stdout)


def read(output: str) -> Result:
    """The line that the script printed."""
    line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise process.Failed(f"wrk printed no result: {output[-300:]}")
    said = msgspec.json.decode(line.removeprefix("RESULT "))
    rate = said["requests"] / (said["us"] / 1e6) if said["us"] else 0.0
    return Result(rate, said["p50"] / 1000, said["p99"] / 1000, said["failed"] + said["refused"])


def median(results: Sequence[Result]) -> Result:
    """Of each figure its own median; failures add up."""

    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    return Result(
        middle([one.rate for one in results]),
        middle([one.p50 for one in results]),
        middle([one.p99 for one in results]),
        sum(one.failed for one in results),
        middle([one.cpu for one in results]),
    )

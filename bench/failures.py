"""What failures cost, through a whole gateway before `lockgate faulty`: `python -m bench.failures`.

Success while one of three upstreams is dead, hangs or errs; what fail-over adds after a refused connection; and the time to a
first token at an upstream that is slow for every twentieth request, with and without hedging. Wall clock: for a quiet machine.
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY = "lg-bench-" + "0123456789abcdef" * 3
COMMAND = [sys.executable, "-m", "lockgate.app.cli"]
REQUESTS = 600
CONFIG = """\
version: 1
data: ./data
providers:
  dead: {{kind: openai_compatible, base_url: "http://{refused}/v1"}}
  late: {{kind: openai_compatible, base_url: "{faulty}/v1", timeouts: {{first_byte: 200ms}}}}
  a: {{kind: openai_compatible, base_url: "{faulty}/v1"}}
  b: {{kind: openai_compatible, base_url: "{faulty}/v1"}}
  c: {{kind: openai_compatible, base_url: "{faulty}/v1"}}
  always: {{kind: openai_compatible, base_url: "http://{refused}/v1", health: {{failures: 1000}}}}
models:
  well: {{balance: {{kind: weighted}}, targets: [{{provider: a}}, {{provider: b}}, {{provider: c}}]}}
  dead: {{balance: {{kind: weighted}}, targets: [{{provider: dead}}, {{provider: b}}, {{provider: c}}]}}
  hangs: {{balance: {{kind: weighted}}, targets: [{{provider: late, model: faulty-u3-hang}}, {{provider: b}}, {{provider: c}}]}}
  errs: {{balance: {{kind: weighted}}, targets: [{{provider: a, model: faulty-u8-503}}, {{provider: b}}, {{provider: c}}]}}
  straight: {{targets: [{{provider: a}}]}}
  over: {{targets: [{{provider: always}}, {{provider: a}}]}}
  plain: {{targets: [{{provider: a, model: faulty-sometimes-400}}]}}
  hedged: {{targets: [{{provider: b, model: faulty-sometimes-400}}], hedge: {{at_least: 20ms, percentile: 90}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: bench, team: all, secret: {{env: BENCH_KEY}}}}]
"""


@contextmanager
def started(*arguments: str, lines: int) -> Iterator[list[str]]:
    """A command, and the first lines that it says."""
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True, env={"BENCH_KEY": KEY})
    assert process.stdout is not None
    try:
        yield [process.stdout.readline().strip() for _ in range(lines)]
    finally:
        process.terminate()
        process.wait(20)


def ask(connection: http.client.HTTPConnection, model: str, *, stream: bool = False) -> tuple[int, float]:
    """The status, and the seconds until the first byte of the body."""
    body = json.dumps({"model": model, "stream": stream, "messages": [{"role": "user", "content": "nonce=bench"}]})
    begun = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {KEY}"})
    response = connection.getresponse()
    response.read(1)
    taken = time.perf_counter() - begun
    response.read()
    return response.status, taken


def measured(port: int, model: str, *, stream: bool = False) -> tuple[float, float, float]:
    """The share of successes, the median and the 99th percentile of the time, in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    told = [ask(connection, model, stream=stream) for _ in range(REQUESTS)]
    connection.close()
    times = sorted(1000 * seconds for _, seconds in told)
    well = sum(status == 200 for status, _ in told) / REQUESTS
    return well, statistics.median(times), times[int(REQUESTS * 0.99)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started("faulty", "--port", "0", "--control", "0", lines=3) as said:
        file = Path(folder) / "lockgate.yaml"
        faulty, refused = said[0].rpartition(" ")[2], said[2].rpartition(" ")[2]
        file.write_text(CONFIG.format(faulty=faulty, refused=refused))
        ports = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
        with started("serve", "--config", str(file), *ports, lines=2) as serving:
            port = int(serving[0].rpartition(":")[2])
            print(f"{'':10} {'success':>9} {'p50 ms':>8} {'p99 ms':>8}")
            for model in ("well", "dead", "hangs", "errs", "straight", "over", "plain", "hedged"):
                well, middle, high = measured(port, model, stream=model in ("plain", "hedged"))
                print(f"{model:10} {well:>9.4%} {middle:>8.2f} {high:>8.2f}")


if __name__ == "__main__":
    main()

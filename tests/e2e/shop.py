"""A gateway with a till behind it: an answer of 50 tokens costs half a dollar, and the worst case is one dollar."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.process import Running, request, running
from tests.e2e.till import Till

CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: {workers}}}
data: ./data
audit: {{patience: 10s}}
providers:
  till: {{kind: openai_compatible, base_url: "http://127.0.0.1:{port}/v1"}}
models:
  m: {{targets: [{{provider: till}}]}}
prices:
  m: {{input: 0, output: 10000}}
teams:
  shop: {{models: ["*"], {limits}}}
keys:
  - {{name: tester, team: shop, secret: {{env: KEY}}}}
"""
WORST = 100
BUDGET = "budgets: [{max_usd: 10, per: 30d}]"


@contextmanager
def shop(folder: Path, limits: str = BUDGET, *, workers: int = 4) -> Iterator[tuple[Running, Till]]:
    with Till() as till, running(folder, CONFIG.format(workers=workers, port=till.port, limits=limits)) as gateway:
        yield gateway, till


def buy(gateway: Running, name: str, tokens: int = WORST) -> int:
    """One request on a connection of its own; its status, or 0 for a connection that was cut."""
    body = {"model": "m", "max_tokens": tokens, "messages": [{"role": "user", "content": name}]}
    headers = {"authorization": f"Bearer {gateway.key}", "x-request-id": name}
    try:
        return request(gateway.url, "POST", "/v1/chat/completions", body, headers).status
    except OSError:
        return 0


def rush(gateway: Running, names: Sequence[str]) -> Counter[int]:
    """All of them at once; how often each status came back."""
    with ThreadPoolExecutor(len(names)) as pool:
        return Counter(pool.map(lambda name: buy(gateway, name), names))


def outcomes(gateway: Running, prefix: str = "") -> dict[str, dict[str, Any]]:
    """The outcome lines of requests whose id begins so, by their id."""
    lines = {line["request_id"]: line for line in gateway.lines() if line["kind"] == "outcome"}
    return {name: line for name, line in lines.items() if name.startswith(prefix)}

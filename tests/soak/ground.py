"""What is soaked: two workers with rules, limits, a cache, and three upstreams of which one errs and one breaks its streams."""

import random
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.process import Running, running
from tests.faults.faulty_process import FaultyProcess, faulty

ERRS = (
    "u8-500",
    "u8-503",
    "u8-529",
    "u7-429",
    "u6-ms-50",
    "u5-rst-early",
    "u11-half",
    "u11-error",
    "late-error",
    "slow-100",
)
BREAKS = (
    "u5-rst",
    "u5-fin",
    "u5-fin-clean",
    "u4-hang",
    "u3-hang",
    "u10-garbage",
    "u10-bytewise",
    "u10-twice-begun",
    "u9-drip",
)
WORKERS = 2
POOR_USD = 6
BUSY, BUSY_SECONDS = 20, 5
CONFIG = """\
version: 1
server: {{workers: {workers}, drain_seconds: 5}}
data: ./data
audit: {{patience: 5s}}
providers:
  fine: {{kind: openai_compatible, base_url: "{url}/v1", api_key: {{env: UP_FINE}}, {hasty}}}
  erring: {{kind: anthropic, base_url: "{url}", api_key: {{env: UP_ERRING}}, {hasty}}}
  dying: {{kind: gemini, base_url: "{url}", api_key: {{env: UP_DYING}}, {hasty}}}
models:
  all:
    balance: {{kind: weighted}}
    max_output_tokens: 100
    targets: [{{provider: fine, model: fine}}, {{provider: erring, model: erring}}, {{provider: dying, model: dying}}]
  kept: {{targets: [{{provider: fine, model: fine}}], max_output_tokens: 100, cache: {{ttl: 1h}}}}
  breaks: {{targets: [{{provider: dying, model: dying}}], max_output_tokens: 100, retry: {{attempts: 1}}}}
prices: {{"fine/*": {price}, "erring/*": {price}, "dying/*": {price}}}
rules:
  - {{name: no-bluebird, guard: {{kind: blocklist, words: [bluebird]}}, on: [request], action: block}}
  - {{name: mail, guard: {{kind: pii, entities: [email]}}, on: [response], action: mask}}
teams:
  rich: {{models: ["*"], limits: [{{kind: concurrency, max: 100}}], budgets: [{{max_usd: 1000000, per: 30d}}]}}
  poor: {{models: ["*"], budgets: [{{max_usd: {poor}, per: 30d}}]}}
  busy: {{models: ["*"], limits: [{{kind: requests, max: {busy}, per: {seconds}s}}]}}
keys:
  - {{name: rich, team: rich, secret: {{env: KEY}}}}
  - {{name: poor, team: poor, secret: {{env: KEY_POOR}}}}
  - {{name: busy, team: busy, secret: {{env: KEY_BUSY}}}}
"""
HASTY = (
    "timeouts: {connect: 1s, first_byte: 1s, between_chunks: 1s, total: 5s}, "
    "health: {failures: 5, out_for: 500ms, out_most: 2s, probe_every: 500ms}"
)
PRICE = "{input: 1000, output: 1000}"


@dataclass
class Ground:
    """The gateway, the upstream, and every secret that must not turn up anywhere. `keys` go by team."""

    gateway: Running
    upstream: FaultyProcess
    keys: dict[str, str]
    canaries: list[str]


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    made = {name: f"sk-canary-{secrets.token_hex(16)}" for name in ("UP_FINE", "UP_ERRING", "UP_DYING")}
    keys = {name: "lg-" + secrets.token_urlsafe(40) for name in ("KEY_POOR", "KEY_BUSY")}
    with faulty(pace=0.3) as upstream:
        config = CONFIG.format(
            url=upstream.url, hasty=HASTY, price=PRICE, poor=POOR_USD, workers=WORKERS, busy=BUSY, seconds=BUSY_SECONDS
        )
        with running(folder, config, env={**made, **keys}) as gateway:
            teams = {"rich": gateway.key, "poor": keys["KEY_POOR"], "busy": keys["KEY_BUSY"]}
            yield Ground(gateway, upstream, teams, [*made.values(), *teams.values()])


@contextmanager
def troubled(upstream: FaultyProcess, seed: int) -> Iterator[None]:
    """Two of the three misbehave by turns, now and then for a few requests, and are well in between."""
    over = threading.Event()
    thread = threading.Thread(target=_trouble, args=(upstream, random.Random(seed), over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for model in ("erring", "dying"):
            upstream.play("", model)


def _trouble(upstream: FaultyProcess, draw: random.Random, over: threading.Event) -> None:
    while not over.wait(0.3):
        upstream.play(draw.choice(ERRS), "erring", draw.randint(1, 12))
        upstream.play(draw.choice(BREAKS), "dying", draw.randint(1, 6))

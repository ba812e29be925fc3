"""Limits in Redis end to end: two workers and a password; Redis forgets, is killed, and comes back."""

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.e2e.process import Running, eventually, request, running
from tests.redis_server import Server, server

CONFIG = """\
version: 1
server: {{workers: 2, drain_seconds: 1}}
data: ./data
limit_store: {{kind: redis, url: "{url}", password: {{env: REDIS_PASSWORD}}}}
providers: {{demo: {{kind: demo}}}}
models: {{demo: {{targets: [{{provider: demo}}], max_output_tokens: 100}}}}
prices: {{demo: {{input: 0, output: 10000}}}}
teams:
  asked: {{models: ["*"], limits: [{{kind: requests, max: 4, per: 1h}}]}}
  paid: {{models: ["*"], budgets: [{{max_usd: 2.2, per: month}}]}}
  rich: {{models: ["*"], budgets: [{{max_usd: 1000, per: month}}]}}
keys:
  - {{name: asked, team: asked, secret: {{env: KEY_ASKED}}}}
  - {{name: paid, team: paid, secret: {{env: KEY_PAID}}}}
  - {{name: rich, team: rich, secret: {{env: KEY_RICH}}}}
"""


@dataclass
class Setting:
    gateway: Running
    redis: Server
    keys: dict[str, str]

    def ask(self, team: str) -> str:
        """The status, or the code of the refusal."""
        body = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
        headers = {"authorization": f"Bearer {self.keys[team]}"}
        told = request(self.gateway.url, "POST", "/v1/chat/completions", body, headers)
        return "200" if told.status == 200 else told.json["error"]["code"]


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    password = secrets.token_hex(16)
    keys = {team: "lg-" + secrets.token_urlsafe(40) for team in ("asked", "paid", "rich")}
    env = {"REDIS_PASSWORD": password, **{f"KEY_{team.upper()}": key for team, key in keys.items()}}
    with server("--requirepass", password) as redis:
        redis.password = password
        with running(tmp_path_factory.mktemp("redis"), CONFIG.format(url=redis.url), env=env) as gateway:
            yield Setting(gateway, redis, keys)


def test_both_workers_count_in_one_place(setting: Setting) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = Counter(pool.map(setting.ask, ["asked"] * 20))

    # on a machine that is too busy to ask within 50 ms, each worker lets its share of two through beside them
    assert 4 <= told["200"] <= 8
    assert told.keys() == {"200", "rate_limit_exceeded"}


def test_R5_S73_a_budget_is_kept_when_redis_forgets_and_when_it_dies(setting: Setting) -> None:
    assert Counter(setting.ask("rich") for _ in range(20))["200"] > 10
    watched(setting, "insufficient_quota")

    setting.redis.ask("FLUSHALL")
    told = watched(setting, "insufficient_quota", after="budget_unavailable")
    assert told.keys() == {"budget_unavailable", "insufficient_quota"}

    setting.redis.stop()
    assert eventually(lambda: setting.ask("paid") == "budget_unavailable")
    # what is no budget is counted by each worker alone, at its share of four
    free = Counter(setting.ask("asked") for _ in range(20))
    assert 1 <= free["200"] <= 4
    assert free.keys() <= {"200", "rate_limit_exceeded"}

    # of a large budget each worker holds a slice: what was spent in a minute, at most one percent
    rich = Counter(setting.ask("rich") for _ in range(60))
    assert 1 <= rich["200"] < 60
    assert rich.keys() == {"200", "budget_unavailable"}

    setting.redis.start()
    told = watched(setting, "insufficient_quota")
    assert "200" not in told


def watched(setting: Setting, until: str, after: str = "") -> Counter[str]:
    """What a team is told, until it is told what it was told before."""
    told: Counter[str] = Counter()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        told[setting.ask("paid")] += 1
        if told[until] and (not after or told[after]):
            return told
        time.sleep(0.05)
    raise AssertionError(told)

"""K6: the clock of a running gateway jumps, by an hour, a day, beyond 2038 and back: nothing hangs and nothing is granted twice."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.process import Line, Running, Told, request, rest, running
from tests.e2e.test_audit_log import stopped
from tests.faults.clocks import Clock
from tests.faults.faulty_process import faulty
from tests.soak.readings import verified

HOUR, DAY = 3600, 86400
BEYOND_2038 = 15 * 365 * DAY
JUMPS = (HOUR, -HOUR, -DAY, BEYOND_2038, 0)
MOST = 5
CONFIG = """\
version: 1
server: {{workers: 2}}
data: ./data
audit: {{patience: 10s}}
providers: {{up: {{kind: openai_compatible, base_url: "{url}/v1"}}}}
models:
  m: {{targets: [{{provider: up, model: faulty-ok}}]}}
  long: {{targets: [{{provider: up, model: faulty-paced-80}}]}}
teams:
  all: {{models: ["*"], limits: [{{kind: requests, max: 1000, per: 1m}}]}}
  few: {{models: ["*"], limits: [{{kind: requests, max: {most}, per: 1h}}]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
  - {{name: few, team: few, secret: {{env: FEW}}}}
"""
FEW = "lg-" + "few" * 14


@dataclass
class Place:
    """The gateway, and the clock that it goes by."""

    gateway: Running
    clock: Clock


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = Clock(tmp_path)
    with (
        faulty() as upstream,
        running(tmp_path, CONFIG.format(url=upstream.url, most=MOST), env={**clock.env, "FEW": FEW}) as gateway,
    ):
        yield Place(gateway, clock)


def ask(gateway: Running, key: str) -> Told:
    body = {"model": "m", "messages": [{"role": "user", "content": "nonce=k6"}]}
    return request(gateway.url, "POST", "/v1/chat/completions", body, {"authorization": f"Bearer {key}"})


def test_K6_the_clock_jumps(place: Place) -> None:
    gateway, clock = place.gateway, place.clock
    assert [ask(gateway, FEW).status for _ in range(MOST)] == [200] * MOST
    seen = []
    for jump in JUMPS:
        stream = Line(gateway).begin("long", "nonce=k6")
        assert stream.read(20)
        clock.jump(jump)
        begun = time.monotonic()
        told = [ask(gateway, gateway.key) for _ in range(4)]

        assert [each.status for each in told] == [200] * 4
        assert ask(gateway, FEW).status == 429  # an hour is no hour because somebody says so
        assert b"[DONE]" in rest(stream)
        assert time.monotonic() - begun < 10
        seen += [gateway.outcome(each.id)["ts"][:4] for each in told[:1]]
    stopped(gateway)

    assert seen[JUMPS.index(BEYOND_2038)] >= "2039"  # the clock was believed
    lines = gateway.lines()
    assert all(0 <= line["duration_ms"] < 10_000 for line in lines if line["kind"] == "outcome")
    assert verified(gateway) == ""
    for writer in {line["writer"] for line in lines}:
        numbers = [line["seq"] for line in lines if line["writer"] == writer]
        assert numbers == sorted(numbers)

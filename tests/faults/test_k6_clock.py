"""K6: the clock of a running gateway jumps, by an hour, a day, beyond 2038 and back, and the machine's time zone changes: nothing
hangs and nothing is granted twice.
"""

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest

from tests.e2e.process import Line, Running, Told, eventually, request, rest, running
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
prices: {{faulty-ok: {{input: 0, output: 10}}}}
models:
  m: {{targets: [{{provider: up, model: faulty-ok}}], max_output_tokens: 100}}
  long: {{targets: [{{provider: up, model: faulty-paced-80}}]}}
teams:
  all: {{models: ["*"], limits: [{{kind: requests, max: 1000, per: 1m}}]}}
  few: {{models: ["*"], limits: [{{kind: requests, max: {most}, per: 1h}}]}}
  poor: {{models: ["*"], budgets: [{{max_usd: 0.0012, per: day, zone: Europe/Berlin}}]}}
keys:
  - {{name: poor, team: poor, secret: {{env: POOR}}}}
  - {{name: tester, team: all, secret: {{env: KEY}}}}
  - {{name: few, team: few, secret: {{env: FEW}}}}
"""
FEW, POOR = "lg-" + "few" * 14, "lg-" + "poor" * 10
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Place:
    """The gateway, and the clock that it goes by."""

    gateway: Running
    clock: Clock
    zone: Path
    """The machine's time zone, as far as the gateway sees."""

    def today(self, jump: int) -> bool:
        """Whether it is the same day of the budget's calendar after a jump."""
        now = datetime.now(BERLIN)
        return (now + timedelta(seconds=jump)).date() == now.date()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock, zone = Clock(tmp_path), tmp_path / "localtime"
    moved(zone, "Asia/Tokyo")
    env = {**clock.env, "FEW": FEW, "POOR": POOR, "TZ": f":{zone}"}
    with faulty() as upstream, running(tmp_path, CONFIG.format(url=upstream.url, most=MOST), env=env) as gateway:
        yield Place(gateway, clock, zone)


def moved(zone: Path, name: str) -> None:
    """As `timedatectl set-timezone` does it."""
    found = next((path for each in TZPATH if (path := Path(each) / name).exists()), None)
    if found is None:
        pytest.skip("this machine has no table of time zones (Debian: apt install tzdata)")
    fresh = zone.with_suffix(".new")
    fresh.write_bytes(found.read_bytes())
    fresh.replace(zone)


def ask(gateway: Running, key: str) -> Told:
    body = {"model": "m", "messages": [{"role": "user", "content": "nonce=k6"}]}
    return request(gateway.url, "POST", "/v1/chat/completions", body, {"authorization": f"Bearer {key}"})


def spend_all(gateway: Running) -> None:
    """Until nothing is left of the day's budget. How little is charged is not certain; that it is used up soon is."""
    statuses = [ask(gateway, POOR).status]
    while statuses[-1] == 200:
        statuses.append(ask(gateway, POOR).status)
    assert (statuses[-1], len(statuses) < 20) == (429, True)


def test_K6_the_time_zone_changes_and_a_day_of_the_budget_stays_its_own(place: Place) -> None:
    """Not even fresh workers go by the zone of the machine: in Apia it is tomorrow by now, or was yesterday in Tokyo."""
    gateway, ids = place.gateway, []
    spend_all(gateway)
    for name in ("Pacific/Apia", "Pacific/Pago_Pago", "Europe/Berlin"):
        moved(place.zone, name)
        before = gateway.writers().keys() & set(gateway.children)
        gateway.process.send_signal(signal.SIGUSR2 if name == "Pacific/Pago_Pago" else signal.SIGHUP)
        if name == "Pacific/Pago_Pago":
            eventually(lambda: len((gateway.writers().keys() & set(gateway.children)) - before) == 2, 15)  # noqa: B023

        assert [ask(gateway, POOR).status for _ in range(4)] == [429] * 4
        told = ask(gateway, gateway.key)
        assert told.status == 200
        ids.append(told.id)

    for each in ids:
        written = datetime.fromisoformat(gateway.outcome(each)["ts"])
        assert abs(written - datetime.now(UTC)) < timedelta(seconds=60)  # UTC, whatever the machine calls it
    stopped(gateway)
    assert verified(gateway) == ""


def test_K6_the_clock_jumps(place: Place) -> None:
    gateway, clock = place.gateway, place.clock
    assert [ask(gateway, FEW).status for _ in range(MOST)] == [200] * MOST
    spend_all(gateway)
    seen = []
    for jump in JUMPS:
        stream = Line(gateway).begin("long", "nonce=k6")
        assert stream.read(20)
        clock.jump(jump)
        begun = time.monotonic()
        told = [ask(gateway, gateway.key) for _ in range(4)]

        assert [each.status for each in told] == [200] * 4
        assert ask(gateway, FEW).status == 429  # an hour is no hour because somebody says so
        if place.today(jump) or jump < 0:  # what was spent today counts, though somebody says that it is yesterday
            assert ask(gateway, POOR).status == 429
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

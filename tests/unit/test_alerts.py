"""Alerts on their way: the webhook's bytes and signature; one that fails holds nothing up, and is counted."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from lockgate.app.alerts import WAITING, Alerts
from lockgate.app.load import loads
from lockgate.core.alert import Alert
from lockgate.core.http import header
from lockgate.core.problem import Kind, Problem
from tests.fakes import Answered, Script
from tests.unit.configurations import said

ALERT = Alert("id", "2026-11-26T00:00:00Z", "team/shop:cost:month", 80, "81", "100", "2026-11", {"team": "shop"})
SECRET = "a-secret-of-the-hook-0123456789ab"
TEXT = 'version: 1\nalerts: {url: "http://127.0.0.1:9/hook", secret: {env: HOOK}}\n'


@asynccontextmanager
async def alerts(script: Script, text: str = TEXT, tmp: Path = Path("/nowhere")) -> AsyncIterator[Alerts]:
    made = Alerts(script, pauses=(0, 0))
    loaded = loads(text.encode(), tmp / "lockgate.yaml", {"HOOK": SECRET})
    assert loaded.problems == ()
    made.use(loaded)
    running = asyncio.ensure_future(made.run())
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def settled(made: Alerts, count: int) -> None:
    for _ in range(100_000):
        if made.told + made.dropped >= count:
            return
        await asyncio.sleep(0)
    raise TimeoutError


async def test_the_webhook_gets_json_with_a_signature(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(Answered(204))
    async with alerts(script) as made:
        made.put(ALERT)
        await settled(made, 1)

    (sent,) = script.sent
    assert (sent.method, sent.target, sent.origin.port) == ("POST", "/hook", 9)
    assert msgspec.json.decode(sent.body, type=Alert) == ALERT
    signature = header(sent.headers, b"x-lockgate-signature") or b""
    at, seal = (part.partition(b"=")[2] for part in signature.split(b","))
    assert seal.decode() == hmac.new(SECRET.encode(), at + b"." + sent.body, hashlib.sha256).hexdigest()
    assert (made.told, made.dropped) == (1, 0)
    assert "budget team/shop:cost:month (team shop): 80 % reached, 81 of 100 US dollars spent" in caplog.text
    assert script.bodies[0].closed


async def test_one_that_fails_is_tried_three_times_and_counted() -> None:
    script = Script(Answered(500), Problem(Kind.UNREACHABLE, "x", source="upstream"), Answered(302), Answered(200))
    async with alerts(script) as made:
        made.put(ALERT)
        made.put(ALERT)
        await settled(made, 2)

    assert (made.told, made.dropped, len(script.sent)) == (1, 1, 4)


async def test_an_error_of_ours_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(*[RuntimeError("bug")] * 3, Answered(200))
    async with alerts(script) as made:
        made.put(ALERT)
        made.put(ALERT)
        await settled(made, 2)

    assert (made.told, made.dropped) == (1, 1)
    assert "error of ours" in caplog.text


async def test_what_waits_is_bounded() -> None:
    script = Script(*[Answered(200)] * WAITING)
    async with alerts(script) as made:
        for _ in range(WAITING + 7):
            made.put(ALERT)
        assert made.dropped == 7
        await settled(made, WAITING + 7)

    assert (made.told, made.dropped) == (WAITING, 7)


async def test_without_a_webhook_the_log_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with alerts(Script(), "version: 1\n") as made:
        made.put(ALERT)

    assert "80 % reached" in caplog.text
    assert (made.told, made.dropped) == (0, 0)


@pytest.mark.parametrize(
    ("alerts", "path"),
    [
        ('{url: "ftp://x"}', "alerts.url"),
        ('{url: "http://169.254.169.254/"}', "alerts.url"),
        ("{secret: {env: HOOK}}", "alerts.secret"),
        ("{at: [0]}", "alerts.at.0"),
        ("{at: [50, 101]}", "alerts.at.1"),
    ],
)
def test_what_is_wrong_is_said(alerts: str, path: str) -> None:
    assert path in [where for _, where, *_ in said(f"version: 1\nalerts: {alerts}\n")]

"""Tells alerts: in the log, and to a webhook. A webhook that fails holds nothing up: what it does not take is counted."""

import asyncio
import hashlib
import hmac
import logging
import time
from collections import deque

import msgspec

from lockgate.app.load import Loaded
from lockgate.core.address import upstream
from lockgate.core.alert import Alert
from lockgate.core.http import Outbound, Timeouts, Transport
from lockgate.core.problem import Problem
from lockgate.core.secret import Secret

log = logging.getLogger("lockgate.alerts")

WAITING = 100
"""Alerts that wait for the webhook. More are dropped, and counted."""

PAUSES = (1.0, 5.0)
"""Seconds between tries."""

TIMES = Timeouts(connect=3, first_byte=5, between_chunks=5, total=8)


class Alerts:
    """`told` and `dropped` count what the webhook took and what it did not."""

    def __init__(self, transport: Transport, pauses: tuple[float, ...] = PAUSES) -> None:
        self._transport, self._pauses = transport, pauses
        self._waiting: deque[Alert] = deque()
        self._some = asyncio.Event()
        self._place: Outbound | None = None
        self._secret: Secret | None = None
        self.told = 0
        self.dropped = 0

    def use(self, loaded: Loaded) -> None:
        """From now on, as this configuration says."""
        settings = loaded.valid.alerts
        self._place = None
        if settings.url is not None:
            origin, path = upstream(settings.url, allow_private=settings.allow_private)
            self._place = Outbound(origin, "POST", path or "/", (), b"", TIMES, max_bytes=64 * 1024)
        self._secret = None if settings.secret is None else loaded.secrets[settings.secret]

    def put(self, alert: Alert) -> None:
        whose = ", ".join(f"{name} {value}" for name, value in alert.whose.items())
        log.warning(
            "budget %s%s: %d %% reached, %s of %s US dollars spent%s",
            alert.budget,
            f" ({whose})" if whose else "",
            alert.percent,
            alert.used_usd,
            alert.max_usd,
            ", and a request was refused" if alert.refused else "",
        )
        if self._place is None:
            return
        if len(self._waiting) >= WAITING:
            self.dropped += 1
            return
        self._waiting.append(alert)
        self._some.set()

    async def run(self) -> None:
        """Until it is cancelled. What waits then is lost, and stands in the log."""
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                if await self._deliver(msgspec.json.encode(self._waiting.popleft())):
                    self.told += 1
                else:
                    self.dropped += 1

    async def _deliver(self, body: bytes) -> bool:
        for pause in (*self._pauses, None):
            if self._place is None or await self._posted(self._place, body):
                return self._place is not None
            if pause is not None:
                await asyncio.sleep(pause)
        return False

    async def _posted(self, place: Outbound, body: bytes) -> bool:
        headers = ((b"content-type", b"application/json"), *self._signed(body))
        try:
            arrival = await self._transport.send(msgspec.structs.replace(place, headers=headers, body=body))
            await arrival.body.aclose()
        except Problem as problem:
            log.error("the webhook for alerts did not take one: %s", problem.kind.code)  # noqa: TRY400  it says why
            return False
        except Exception:
            log.exception("the webhook for alerts did not take one, for an error of ours")
            return False
        if not 200 <= arrival.status < 300:
            log.error("the webhook for alerts did not take one: it answered %d", arrival.status)
            return False
        return True

    def _signed(self, body: bytes) -> tuple[tuple[bytes, bytes], ...]:
        """HMAC-SHA-256 over time, a point, and the body: so that an old one cannot be sent again."""
        if self._secret is None:
            return ()
        at = b"%d" % time.time()
        seal = hmac.new(self._secret.reveal().encode(), at + b"." + body, hashlib.sha256).hexdigest().encode()
        return ((b"x-lockgate-signature", b"t=%b,v1=%b" % (at, seal)),)

"""A worker: one process of the data plane, from its fork to its end."""

import asyncio
import logging
import os
import signal
import time
from contextlib import suppress

from lockgate.app.alerts import Alerts
from lockgate.app.auditing import open_log
from lockgate.app.blocking import blocking_post
from lockgate.app.build import Ports
from lockgate.app.client_keys import ClientKeys
from lockgate.app.clock import SystemClock
from lockgate.app.desk_line import DeskLine
from lockgate.app.frontage import hosts
from lockgate.app.gauges import gauged, load, upstreams
from lockgate.app.health_checks import HealthChecks
from lockgate.app.keepers import Keepers
from lockgate.app.key_uses import keep_uses
from lockgate.app.listener_tls import ListenerContext, renewed
from lockgate.app.neighbourhood import Neighbourhood
from lockgate.app.next_start import waiting
from lockgate.app.orders import Orders
from lockgate.app.prices import find
from lockgate.app.pulse import Pulse
from lockgate.app.renewal import NOT_BUILT, Renewal, keep_in_force, secrets_changed
from lockgate.app.secret_sources import end_sources
from lockgate.app.serving import Parts, Serving
from lockgate.app.shelf import Shelf
from lockgate.app.tls_start import files
from lockgate.app.wire import Report, packed
from lockgate.audit.receipt import Receipts
from lockgate.core.audit import Books
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.health import Table
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.retry_budget import RetryBudget, floor
from lockgate.pipeline.strangers import Strangers
from lockgate.sinks.metrics import Metrics
from lockgate.transports.http import HttpTransport

log = logging.getLogger("lockgate.worker")

TICK_SECONDS = 0.25
"""How often changed keys are looked for, and whether the parent still lives."""

REPORT_TICKS = 4
USES_TICKS = 60 * REPORT_TICKS

UPSTREAM_CONNECTIONS = 4096
"""Of one worker to one upstream: more than clients can open here, so that streams do not wait for each other."""


def _idle() -> int:
    """Connections to one upstream that are kept: with fewer than run at once, each request would pay for a new one."""
    return max(64, EdgeOptions().max_connections // 4)


class Worker:
    """Starts, watches what changes, and ends in order. What it serves with is in `serving`."""

    def __init__(self, number: int, orders: Orders) -> None:
        self._number = number
        self._orders = orders
        self._keys = ClientKeys(orders.loaded, orders.pepper)
        self._keys.look()
        self._metrics, self._strangers = Metrics(), Strangers()
        self._transport = HttpTransport(max_connections=UPSTREAM_CONNECTIONS, max_idle=_idle())
        self._audit = open_log(orders.loaded, blocking_post(self._transport), self._audit_changed)
        self._books = Books(self._audit.log, (self._metrics,), self._strangers)
        self._alerts = Alerts(self._transport)
        self._kept = Keepers(orders, self._alerts.put)
        self._health = Table(orders.health)
        self._checks = HealthChecks(self._health, self._transport) if number == 0 else None
        shared = *self._kept.shared, self._health, orders.health
        self._neighbourhood = Neighbourhood(*shared) if number == 0 else None
        self._gate = Gate(asyncio.get_running_loop())
        self._pulse = Pulse(self._gate, orders.workers)
        ports = Ports(
            self._transport,
            self._books,
            SystemClock(),
            self._keys.method,
            orders.pepper,
            self._kept.nonces,
            orders.demo_port,
            Receipts(orders.loaded.data),
            effort=Effort(RetryBudget(floor(number, orders.workers))),
            health=self._health,
            workers=orders.workers,
            checks=self._checks,
            gate=self._gate,
            shelf=Shelf(orders.loaded.data),
        )
        self._tls = ListenerContext(orders.certificates.data_plane)
        self._line, self._leaving, self._repeated = DeskLine(orders.desk, self._report), False, 0
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        parts = Parts(ports, self._kept, self._keys, self._alerts, orders.redactor, self._pulse)
        self._serving = Serving(parts, orders.now or orders.loaded, orders.prices)
        self._renewal = Renewal(orders, self._serving, self._reload_refused, self._woken.set)

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._renewal.want)
        loop.add_signal_handler(signal.SIGUSR1, self._leave)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        serving = self._serving
        settings = self._orders.loaded.valid.server
        options = EdgeOptions(max_body=settings.max_body_bytes, allowed_hosts=hosts(settings), noted=serving.note)
        server = Server(asgi(serving.answer, serving.refuse, options), options)
        if self._audit.started is not None:
            await self._audit.started  # nobody is served before the log says who serves
        await self._kept.limits.tick(time.monotonic())
        await self._kept.nonces.start(serving.loaded.valid, time.time())
        if secrets_changed(self._serving.loaded):  # since the start: it takes a dead one's place
            await self._renewal.secrets()
        listening = self._orders.data_plane.dup()  # the server closes what it listens on, and others ask where that was
        await server.start([listening], tls=self._tls.context, hsts=self._tls.hsts)
        if self._orders.replaces:  # it serves: the one before may go
            with suppress(ProcessLookupError):
                os.kill(self._orders.parent, signal.SIGUSR1)
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(self._line.keep())
            kept = tasks.create_task(self._kept.limits.keep())
            telling = tasks.create_task(self._alerts.run())
            checking = tasks.create_task(self._checks.run()) if self._checks is not None else telling
            hearing = tasks.create_task(self._neighbourhood.keep()) if self._neighbourhood is not None else telling
            await self._watch_until_told(server, tasks)
            self._renewal.give_up()
            await self._drain(server)
            self._count_refusals()
            self._line.tell()
            for task in (asked, kept, telling, checking, hearing):
                task.cancel()
        await self._kept.aclose()
        await keep_uses(self._keys.method, self._orders.loaded.data)
        await self._audit.aclose()
        await self._transport.aclose()
        end_sources()
        return 0

    def _stop(self) -> None:
        """SIGTERM. Who comes is still served for a while, so that balancers have time to look at the readiness."""
        self._serving.ready = False
        self._line.tell()
        delay = 0.0 if self._orders.kept else self._serving.loaded.valid.server.drain_delay_seconds
        asyncio.get_running_loop().call_later(delay, self._end)

    def _leave(self) -> None:
        """Another one takes this one's place, or will: nobody is turned away."""
        self._leaving = True
        self._end()

    def _end(self) -> None:
        self._stopping.set()
        self._woken.set()

    async def _reload(self, server: Server) -> None:
        """SIGHUP: a new gateway for the next request, if the file is without mistakes; otherwise the old one stays."""
        loaded = self._renewal.taken()
        if loaded is None:
            return
        try:
            certificates = files(loaded, loaded.folder)
            self._serving.use(loaded, find(loaded, self._serving.prices))
        except NOT_BUILT as error:
            log.error("the configuration was not reloaded: %s", error)  # noqa: TRY400  it says what is wrong
            self._reload_refused(1)
            return
        if self._tls.replaced(certificates.data_plane):
            await server.renew(self._tls.context, hsts=self._tls.hsts, doubted=self._tls.doubted)
        keep_in_force(self._orders, loaded)
        self._audit.event("reload", version=self._serving.version)
        if self._number == 0 and (later := waiting(self._orders.loaded.valid, loaded.valid)):
            log.warning("read again, and not in force before the next start: %s", ", ".join(later))
        self._counted_reload("good")

    def _audit_changed(self, available: bool) -> None:
        """Readiness follows the log at once."""
        self._line.tell()

    def _reload_refused(self, mistakes: int) -> None:
        self._audit.event("reload_refused", mistakes=str(mistakes))
        self._counted_reload("refused")

    def _counted_reload(self, outcome: str) -> None:
        reloads = self._metrics.counts.reloads
        reloads[(outcome,)] = reloads.get((outcome,), 0) + 1
        self._line.tell()

    async def _watch_until_told(self, server: Server, tasks: asyncio.TaskGroup) -> None:
        self._pulse.start(asyncio.get_running_loop())
        tick = 0
        while not self._stopping.is_set() and os.getppid() == self._orders.parent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), TICK_SECONDS)
            self._woken.clear()
            self._renewal.look(tasks)
            await self._reload(server)
            tick += 1
            await renewed(server, self._tls)
            if tick % REPORT_TICKS == 0:
                self._line.tell()
                self._count_refusals()
            await self._keys.looked()
            if tick % USES_TICKS == 0:
                await keep_uses(self._keys.method, self._orders.loaded.data)
            if self._keys.problem and tick % (20 * REPORT_TICKS) == 0:
                log.error("keys stay as they were: %s", self._keys.problem)

    def _count_refusals(self) -> None:
        """Those that have no record each."""
        number = self._gate.repeated
        if number > self._repeated:
            self._audit.event("refused_again", requests=str(number - self._repeated))
            self._repeated = number
        if self._audit.log.available or self._stopping.is_set():  # else they go on to be counted, and none is lost
            for client, code, more in self._strangers.told():
                self._audit.event("refused_unknown", requests=str(more), client=client, code=code)

    async def _drain(self, server: Server) -> None:
        """Running requests finish within the grace period; new ones are told to ask another instance."""
        self._pulse.stop()
        self._count_refusals()
        grace = self._serving.loaded.valid.server.drain_seconds
        if self._leaving or self._orders.kept:
            self._line.tell()
            await server.leave(grace)
            return
        self._serving.draining = True
        await server.drain(grace)

    def _report(self) -> bytes:
        counts = gauged(self._metrics.counts, self._audit.log, self._alerts, self._kept.limits, self._serving.prices)
        counts = load(upstreams(counts, self._health), self._gate, self._pulse)
        ready = self._serving.ready and not self._leaving and self._audit.log.available
        version = "" if self._leaving else self._serving.version
        return packed(Report(self._number, os.getpid(), ready=ready, counts=counts, version=version))

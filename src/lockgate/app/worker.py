"""A worker: one process of the data plane, from its fork to its end."""

import asyncio
import logging
import os
import signal
import time
from contextlib import suppress
from functools import partial

from lockgate.app.alerts import Alerts
from lockgate.app.auditing import open_log
from lockgate.app.blocking import blocking_post
from lockgate.app.build import Ports, build
from lockgate.app.clock import SystemClock, boot_id
from lockgate.app.frontage import Frontage, frontage, hosts
from lockgate.app.gauges import gauged
from lockgate.app.guarded import guarded
from lockgate.app.health import health
from lockgate.app.key_entries import key_snapshot
from lockgate.app.key_uses import keep_uses
from lockgate.app.limit_keeper import LimitKeeper
from lockgate.app.listener_tls import ListenerContext, renewed
from lockgate.app.load import Loaded
from lockgate.app.orders import Orders
from lockgate.app.prices import Prices, find
from lockgate.app.renewal import NOT_BUILT, read_anew, secrets_anew, secrets_changed
from lockgate.app.tls_start import files
from lockgate.app.wire import Report, packed
from lockgate.audit.receipt import Receipts
from lockgate.auth.api_key import ApiKeys, snapshot
from lockgate.core.audit import Books
from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import Keys
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.pipeline.begin import begin
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.refuse import refuse
from lockgate.pipeline.reply import dress
from lockgate.pipeline.serve import Gateway, serve
from lockgate.pipeline.settle import settle
from lockgate.sinks.metrics import Metrics
from lockgate.stores.key_file.watch import KeyWatch
from lockgate.stores.nonces import NonceStore
from lockgate.transports.http import HttpTransport

log = logging.getLogger("lockgate.worker")

TICK_SECONDS = 0.25
"""How often changed keys are looked for, and whether the parent still lives."""

REPORT_TICKS = 4
USES_TICKS = 60 * REPORT_TICKS

UPSTREAM_CONNECTIONS = 4096
"""Of one worker to one upstream: more than clients can open here, so that streams do not wait for each other."""


class Worker:
    """Holds the gateway in force. A request takes it once: what a reload brings is for the next one."""

    def __init__(self, number: int, orders: Orders) -> None:
        self._number = number
        self._orders = orders
        self._loaded = orders.loaded
        self._watch = KeyWatch(orders.loaded.data)
        self._stored: Keys = self._watch.poll() or ()
        self._metrics = Metrics()
        self._transport = HttpTransport(max_connections=UPSTREAM_CONNECTIONS)
        self._audit = open_log(orders.loaded, blocking_post(self._transport), self._audit_changed)
        self._books = Books(self._audit.log, (self._metrics,))
        self._keys = ApiKeys(orders.pepper, snapshot(()))
        self._nonces = NonceStore(orders.loaded.data / "nonces", boot_id())
        self._ports = Ports(
            self._transport,
            self._books,
            SystemClock(),
            self._keys,
            orders.pepper,
            self._nonces,
            orders.demo_port,
            Receipts(orders.loaded.data),
        )
        self._tls = ListenerContext(orders.certificates.data_plane)
        self._draining = False
        self._writer: asyncio.StreamWriter | None = None
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        self._reload_wanted = False
        self._alerts = Alerts(self._transport)
        self._limits = LimitKeeper(orders.loaded.data, orders.workers, self._alerts.put)
        self._gateway: Gateway
        self._frontage: Frontage
        self._put_in_force(orders.loaded, orders.prices)

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._want_reload)
        settings = self._loaded.valid.server
        options = EdgeOptions(max_body=settings.max_body_bytes, allowed_hosts=hosts(settings), noted=self.note)
        server = Server(asgi(self.answer, self.refuse, options), options)
        if self._audit.started is not None:
            await self._audit.started  # nobody is served before the log says who serves
        await self._limits.tick(time.monotonic())
        if secrets_changed(self._loaded):  # since the start: it takes a dead one's place
            await self._renew_secrets()
        await server.start([self._orders.data_plane], tls=self._tls.context, hsts=self._tls.hsts)
        reader, writer = await asyncio.open_unix_connection(self._orders.desk)
        self._writer = writer
        self._report(writer)
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(self._answer_desk(reader, writer))
            kept = tasks.create_task(self._limits.keep())
            telling = tasks.create_task(self._alerts.run())
            await self._watch_until_told(writer, server)
            await self._drain(server)
            self._report(writer)
            asked.cancel()
            kept.cancel()
            telling.cancel()
        await self._limits.aclose()
        await self._ports.tokens.aclose()
        await keep_uses(self._keys, self._orders.loaded.data)
        await self._audit.aclose()
        await self._transport.aclose()
        self._nonces.close()
        return 0

    async def answer(self, inbound: Inbound) -> Reply:
        front = self._frontage
        return await (self._answer(inbound) if front.idle else front.answer(inbound, self._answer, self._plain))

    async def _answer(self, inbound: Inbound) -> Reply:
        if reply := health(inbound, draining=self._draining, audit=self._audit.log.available):
            return self._plain(reply, inbound)
        if self._draining:
            return self.refuse(Problem(Kind.DRAINING, "this instance is shutting down", source="gateway"), inbound)
        return await serve(self._gateway, inbound)

    def _plain(self, reply: Reply, inbound: Inbound) -> Reply:
        return dress(reply, self._gateway.catalogue.default, begin(inbound, self._ports.clock))

    def refuse(self, problem: Problem, inbound: Inbound) -> Reply:
        """For what the pipeline never saw: in the dialect of the path, and in the record like everything else."""
        gateway = self._gateway
        match = gateway.catalogue.match(inbound.method, inbound.path, inbound.query, inbound.headers)
        ledger = begin(inbound, gateway.clock)
        ledger.dialect, ledger.problem, ledger.end = match.dialect.name, problem, "refused"
        ledger.headers = gateway.policies.headers
        reply = refuse(problem, match.dialect, ledger.request_id)
        settle(ledger, gateway.books, reply.status, "refused")
        return dress(reply, match.dialect, ledger)

    def note(self, problem: Problem, request_id: str, address: str) -> None:
        """A request that was refused before it was one is in the record, too."""
        ledger = Ledger(request_id, time.time(), time.perf_counter())
        ledger.problem = problem
        settle(ledger, self._books, problem.status, "refused")

    def _put_in_force(self, loaded: Loaded, prices: Prices) -> None:
        """All of it, or nothing: `build` comes first, for it reads files."""
        self._gateway = build(loaded, self._ports, prices.quotes, self._limits.admission(loaded.valid, loaded.secrets))
        self._loaded, self._prices = loaded, prices
        self._alerts.use(loaded)
        self._frontage = frontage(loaded.valid.server)
        self._orders.redactor.hold(guarded(loaded))
        self._renew_keys()

    def _renew_keys(self) -> None:
        self._keys.replace(key_snapshot(self._loaded, self._orders.pepper, self._stored))

    def _stop(self) -> None:
        self._stopping.set()
        self._woken.set()

    def _want_reload(self) -> None:
        self._reload_wanted = True
        self._woken.set()

    async def _reload(self, server: Server) -> None:
        """SIGHUP: a new gateway for the next request, if the file is without mistakes; otherwise the old one stays."""
        self._reload_wanted = False
        orders = self._orders
        loaded = await read_anew(orders.config, orders.environ, orders.data_plane, self._reload_refused)
        if loaded is None:
            return
        try:
            certificates = files(loaded, loaded.folder)
            self._put_in_force(loaded, find(loaded, self._prices))
        except NOT_BUILT as error:
            log.error("the configuration was not reloaded: %s", error)  # noqa: TRY400  it says what is wrong
            self._audit.event("reload_refused", mistakes="1")
            return
        if self._tls.replaced(certificates.data_plane):
            await server.renew(self._tls.context, hsts=self._tls.hsts)
        self._audit.event("reload")

    def _audit_changed(self, available: bool) -> None:
        """Readiness follows the log at once."""
        if self._writer is not None:
            self._report(self._writer)

    async def _renew_secrets(self) -> None:
        put = partial(self._put_in_force, prices=self._prices)
        self._loaded = await secrets_anew(self._loaded, self._orders.environ, put)

    def _reload_refused(self, mistakes: int) -> None:
        self._audit.event("reload_refused", mistakes=str(mistakes))

    async def _watch_until_told(self, writer: asyncio.StreamWriter, server: Server) -> None:
        tick = 0
        while not self._stopping.is_set() and os.getppid() == self._orders.parent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), TICK_SECONDS)
            self._woken.clear()
            if self._reload_wanted:
                await self._reload(server)
            tick += 1
            await renewed(server, self._tls)
            if secrets_changed(self._loaded):
                await self._renew_secrets()
            if tick % REPORT_TICKS == 0:
                self._report(writer)
            if (stored := self._watch.poll()) is not None:
                self._stored = stored
                self._renew_keys()
            if tick % USES_TICKS == 0:
                await keep_uses(self._keys, self._orders.loaded.data)
            if self._watch.problem and tick % (20 * REPORT_TICKS) == 0:
                log.error("keys stay as they were: %s", self._watch.problem)

    async def _drain(self, server: Server) -> None:
        """Running requests finish within the grace period; new ones are told to ask another instance."""
        self._draining = True
        await server.drain(self._loaded.valid.server.drain_seconds)

    async def _answer_desk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1):
            self._report(writer)

    def _report(self, writer: asyncio.StreamWriter) -> None:
        counts = gauged(self._metrics.counts, self._audit.log, self._alerts, self._limits, self._prices)
        ready = not self._draining and self._audit.log.available
        writer.write(packed(Report(self._number, os.getpid(), ready=ready, counts=counts)))

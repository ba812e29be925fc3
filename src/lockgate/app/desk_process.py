"""The process behind the admin listener, from its fork to its end."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from lockgate.app import address
from lockgate.app.administrators import Administrators
from lockgate.app.audit_route import audit_routes
from lockgate.app.build import version
from lockgate.app.certificate_ends import CertificateWatch
from lockgate.app.config_routes import ROUTES as CONFIG_ROUTES
from lockgate.app.config_watch import ConfigWatch
from lockgate.app.desk import ROUTES, Desk, answers, heed_signals, open_line, refused, until
from lockgate.app.frontage import hosts
from lockgate.app.listener_tls import ListenerContext, renewed
from lockgate.app.next_start import waiting
from lockgate.app.notarizing import notarize
from lockgate.app.orders import Orders
from lockgate.app.renewal import NOT_BUILT, read
from lockgate.app.secret_sources import end_sources
from lockgate.app.settings import ServerSettings
from lockgate.app.sockets import Sockets
from lockgate.app.tls_start import scheme
from lockgate.app.upstream_routes import ROUTES as UPSTREAM_ROUTES
from lockgate.app.usage_route import usage_routes
from lockgate.audit.segments import FOLDER
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.providers.demo.server import start as start_demo

log = logging.getLogger("lockgate.admin")

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""What the admin listener is called from its own machine, whatever else it is called."""


async def desk(orders: Orders, sockets: Sockets, workers: int, *, anew: bool) -> int:
    """The admin listener; says on stdout where everything listens once all workers serve. `anew` as for a worker."""
    settings = orders.loaded.valid.server

    announce = partial(_announce, settings, sockets)
    running = Desk(workers, announce, orders.redactor.clean, partial(_checked, orders), partial(_reload, orders))
    administrators = Administrators(orders, open_to_all=address.bound(sockets.admin).loopback)
    tls = ListenerContext(orders.certificates.admin)
    certified = CertificateWatch(orders.loaded, orders.certificates, tls, time.time)
    watching = _Watching(orders, administrators, certified)
    running.ends, running.renew = certified.ends, watching.now
    data = orders.loaded.data
    routes = (*ROUTES, *CONFIG_ROUTES, *UPSTREAM_ROUTES, *usage_routes(data), *audit_routes(data / FOLDER))
    serve = answers(running, administrators.permissions, routes)
    options = EdgeOptions(max_body=64 * 1024, allowed_hosts=hosts(settings, *_LOCAL), documents=True)
    server = Server(asgi(serve, refused, options), options)
    told = heed_signals(running, watching.reloaded)
    if anew:
        await watching.begin()
    reports = await open_line(running, orders.desk)
    await server.start([sockets.admin], tls=tls.context, hsts=tls.hsts)
    demo = await start_demo("127.0.0.1", sock=sockets.demo) if sockets.demo else None
    ended = asyncio.Event()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(notarize(orders.loaded, ended))

        async def look() -> None:
            await renewed(server, tls)
            watching.look(tasks)

        await until(told, orders.parent, look)
        watching.give_up()
        await server.drain(0)
        if demo is not None:
            await demo.aclose()
        reports.close()
        ended.set()
    end_sources()
    return 0


def _announce(settings: ServerSettings, sockets: Sockets) -> None:
    with suppress(OSError):  # nobody reads it any more, as behind `| head -1`: that is no reason not to be ready
        print(f"data plane listening on {scheme(settings.tls)}://{address.bound(sockets.data_plane)}")
        print(f"admin listening on {scheme(settings.tls_of_admin)}://{address.bound(sockets.admin)}", flush=True)


class _Watching:
    """Has the file read again when it changed, and sees when certificates end."""

    def __init__(self, orders: Orders, administrators: Administrators, certified: CertificateWatch) -> None:
        self._watch = ConfigWatch(orders.config, partial(_reload, orders))
        self._administrators = administrators
        self._certified = certified
        self._wanted = False
        self._reading: asyncio.Task[None] | None = None

    def look(self, tasks: asyncio.TaskGroup) -> None:
        """Reads one file at a time, beside everything else: a place of secrets may be slow to answer."""
        self._certified.look()
        if self._wanted and (self._reading is None or self._reading.done()):
            self._wanted = False
            self._reading = tasks.create_task(self._read())
        if self._administrators.watches:
            self._watch.look()

    def reloaded(self) -> None:
        """SIGHUP, whoever sent it."""
        self._watch.told()
        self._wanted = True

    async def begin(self) -> None:
        """Who takes a dead one's place was given the file as it was at the start: nobody is answered by that."""
        self._watch.told()
        await self._read(anew=True)

    async def now(self) -> None:
        """Somebody waits for it. What was begun before may have read another file, and is not to come later."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
        await self._read()

    def give_up(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self, *, anew: bool = False) -> None:
        try:
            self._certified.use(await self._administrators.reload(anew=anew))
        except NOT_BUILT as error:
            log.error("the configuration was not read again: %s", error)  # noqa: TRY400  a file's fault, not ours


def _reload(orders: Orders) -> None:
    os.kill(orders.parent, signal.SIGHUP)


def _checked(orders: Orders) -> tuple[str, list[str], Sequence[str]]:
    """The version of the file as it is now, what is wrong with it, and what of it waits for the next start."""
    loaded, mistakes = read(orders.config, orders.environ, orders.data_plane)
    if mistakes:
        return "", mistakes, ()
    return version(loaded), [], waiting(orders.loaded.valid, loaded.valid)

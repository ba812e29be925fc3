"""Starts everything: checks the configuration, binds the sockets, forks the processes."""

import asyncio
import gc
import os
import resource
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import uvloop

from lockgate.app import address
from lockgate.app.administrators import Administrators
from lockgate.app.auditing import prepare_log
from lockgate.app.build import catalogue
from lockgate.app.checks.auth import open_to_all
from lockgate.app.desk import Desk, answers, heed_signals, open_line, refused, until
from lockgate.app.frontage import hosts
from lockgate.app.guarded import guarded
from lockgate.app.limits import limits
from lockgate.app.listener_tls import ListenerContext, renewed
from lockgate.app.load import Loaded, load
from lockgate.app.logs import logs
from lockgate.app.notarizing import notarize
from lockgate.app.orders import Orders
from lockgate.app.prices import Prices, find, prepare
from lockgate.app.renewal import read_anew
from lockgate.app.rule_sets import compiled, local
from lockgate.app.settings import ServerSettings
from lockgate.app.supervise import Supervisor
from lockgate.app.tls_start import certificates, scheme, warn
from lockgate.app.tls_start import files as files_of
from lockgate.app.worker import Worker
from lockgate.core.key_digest import Pepper
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.store import StoreError
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.providers.demo.server import start as start_demo
from lockgate.stores.key_file import KeyFile, admin_secret

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""What the admin listener is called from its own machine, whatever else it is called."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """Bound before anything is forked, so that a port that is taken is told at once, and every process has them."""

    data_plane: socket.socket
    admin: socket.socket
    demo: socket.socket | None

    @property
    def demo_port(self) -> int:
        return int(self.demo.getsockname()[1]) if self.demo else 0


def run(
    config: Path,
    *,
    listen: str | None = None,
    admin: str | None = None,
    workers: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Serves until it is told to stop. 0 then; 1 when it cannot start, with the reasons on stderr."""
    environ = os.environ if environ is None else environ
    loaded = load(config, environ)
    if loaded.problems:
        return _tell(*map(str, loaded.problems))
    server = loaded.valid.server
    try:
        _guarded(loaded, address.listen(listen or server.listen), address.listen(admin or server.admin))
        sockets = _bound(loaded, listen or server.listen, admin or server.admin)
        pepper = _stores(loaded)
        prepare_log(loaded.data)
        files = certificates(loaded, loaded.folder)
    except (OSError, ValueError, StoreError) as error:
        return _tell(str(error))
    redactor = logs(environ)
    redactor.hold(guarded(loaded))
    _settled_in(server, sockets)
    prices = _prepared(loaded)
    with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
        line, mine = Path(folder) / "desk", os.getpid()
        number = workers or server.workers
        places = sockets.data_plane, line, sockets.demo_port
        orders = Orders(config, environ, loaded, prices, *places, pepper, mine, files, number, redactor)
        gc.freeze()  # what is loaded by now is shared between the processes and never looked at again
        return Supervisor(
            desk=lambda anew: uvloop.run(desk(orders, sockets, number, anew=anew)),
            worker=lambda index, anew: uvloop.run(worker(index, orders, anew=anew)),
            workers=number,
            grace=server.drain_seconds,
            before_reload=lambda: prepare(loaded.data),
        ).run()


def _prepared(loaded: Loaded) -> Prices:
    """What takes its time is made once, here: the workers have it from their parent."""
    if rules := local(loaded.valid.rules):
        compiled(rules, loaded.data)
    return find(loaded, patient=True)


def _settled_in(server: ServerSettings, sockets: Sockets) -> None:
    """What holds for all processes to come: descriptors, the log, and what an operator should hear once."""
    _use_all_descriptors()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # memory holds secrets, and a dump of it would lie about
    warn(_shown(sockets.data_plane), server.tls, "tls")
    warn(_shown(sockets.admin), server.tls_of_admin, "admin_tls")


async def worker(index: int, orders: Orders, *, anew: bool) -> int:
    """One that takes a dead one's place after a reload reads the file itself: what the parent has is as old as the start."""
    if anew:
        loaded = await read_anew(orders.config, orders.environ, orders.data_plane, lambda mistakes: None)
        if loaded is not None:
            orders = replace(orders, loaded=loaded, certificates=files_of(loaded, loaded.folder))
    return await Worker(index, orders).run()


async def desk(orders: Orders, sockets: Sockets, workers: int, *, anew: bool) -> int:
    """The admin listener; says on stdout where everything listens once all workers serve. `anew` as for a worker."""
    settings = orders.loaded.valid.server

    def announce() -> None:
        print(f"data plane listening on {scheme(settings.tls)}://{_shown(sockets.data_plane)}")
        print(f"admin listening on {scheme(settings.tls_of_admin)}://{_shown(sockets.admin)}", flush=True)

    running = Desk(workers, announce, orders.redactor.clean)
    administrators = Administrators(orders, open_to_all=address.listen(_shown(sockets.admin)).loopback)
    if anew:
        administrators.reload()
    told = heed_signals(running, administrators.reload)
    serve = answers(running, administrators.permissions)
    options = EdgeOptions(max_body=64 * 1024, allowed_hosts=hosts(settings, *_LOCAL))
    server = Server(asgi(serve, refused, options), options)
    reports = await open_line(running, orders.desk)
    tls = ListenerContext(orders.certificates.admin)
    await server.start([sockets.admin], tls=tls.context, hsts=tls.hsts)
    demo = await start_demo("127.0.0.1", sock=sockets.demo) if sockets.demo else None
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(notarize(orders.loaded, ended))
        await until(told, orders.parent, partial(renewed, server, tls))
        await server.drain(0)
        if demo is not None:
            await demo.aclose()
        reports.close()
        ended.set()
    return 0


def _shown(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return str(address.Listen(host, port))


def _use_all_descriptors() -> None:
    """Each stream holds two: take as many as the system lets this user have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # some systems call it unlimited and mean less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _guarded(loaded: Loaded, data_plane: address.Listen, admin: address.Listen) -> None:
    """The file's own listeners were checked with the file; those from the command line are checked here."""
    catalogue()  # an endpoint without a permission is told now, not by each worker
    if exposed := open_to_all(loaded.valid.auth, data_plane):
        raise ValueError(exposed)
    if not admin.loopback and not admin_secret.exists(loaded.data):
        raise ValueError(
            f"{admin} can be reached by other machines, and there is no admin secret in {loaded.data}: "
            "listen on 127.0.0.1 until `lockgate up` has made one"
        )


def _bound(loaded: Loaded, listen: str, admin: str) -> Sockets:
    providers = tables("lockgate.providers", Provider)
    builtin = any(providers[settings.kind].builtin for settings in loaded.valid.providers.values())
    demo = _bind(address.Listen("127.0.0.1", 0)) if builtin else None
    return Sockets(_bind(address.listen(listen)), _bind(address.listen(admin)), demo)


def _bind(place: address.Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((place.host, place.port))
    except OSError as error:
        raise OSError(f"cannot listen on {place}: {error.strerror}") from error
    bound.listen(2048)
    return bound


def _stores(loaded: Loaded) -> Pepper:
    """What workers will open can be opened: told now, and not by each of them."""
    if limits(loaded.valid):
        loaded.valid.limit_store.prepare(loaded.data)
    return KeyFile(loaded.data).pepper()


def _tell(*lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1

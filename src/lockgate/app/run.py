"""Starts everything: checks the configuration, binds the sockets, forks the processes."""

import gc
import logging
import os
import resource
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import uvloop

from lockgate.app import address
from lockgate.app.auditing import prepare_log
from lockgate.app.build import catalogue
from lockgate.app.checks.auth import open_to_all
from lockgate.app.desk_process import desk
from lockgate.app.doubts import doubts
from lockgate.app.guarded import guarded
from lockgate.app.in_the_clear import asked_in_the_clear, exposed
from lockgate.app.limits import limits
from lockgate.app.load import Loaded, load
from lockgate.app.logs import logs
from lockgate.app.orders import Orders
from lockgate.app.prices import Prices, find, prepare
from lockgate.app.renewal import read_anew, taken_over
from lockgate.app.rule_sets import compiled, local
from lockgate.app.sockets import Sockets, sockets
from lockgate.app.supervise import Supervisor
from lockgate.app.tls_start import certificates
from lockgate.app.tls_start import files as files_of
from lockgate.app.worker import Worker
from lockgate.core.key_digest import Pepper
from lockgate.core.store import StoreError
from lockgate.health import Shared
from lockgate.stores.key_file import KeyFile, admin_secret

log = logging.getLogger("lockgate")


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
        bound = _bound(loaded, listen or server.listen, admin or server.admin)
        pepper = _stores(loaded)
        prepare_log(loaded.data)
        files = certificates(loaded, loaded.folder)
    except (OSError, ValueError, StoreError) as error:
        return _tell(str(error))
    redactor = logs(environ)
    redactor.hold(guarded(loaded))
    _settled_in()
    prices = _prepared(loaded)
    _warned(loaded, environ, bound, prices)
    with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
        number = workers or server.workers
        places = bound.data_plane, Path(folder) / "desk", bound.demo_port, pepper, os.getpid()
        orders = Orders(config, environ, loaded, prices, *places, files, number, redactor, Shared(), kept=bound.kept)
        gc.freeze()  # what is loaded by now is shared between the processes and never looked at again
        return Supervisor(
            desk=lambda anew: uvloop.run(desk(orders, bound, number, anew=anew)),
            worker=lambda index, anew, old: uvloop.run(worker(index, replace(orders, replaces=old), anew=anew)),
            workers=number,
            grace=server.drain_seconds + server.drain_delay_seconds,
            before_reload=lambda: prepare(loaded.data),
        ).run()


def _bound(loaded: Loaded, listen: str, admin: str) -> Sockets:
    """What is wrong with the addresses is told before they are taken; sockets that somebody else made have others."""
    _guarded(loaded, address.listen(listen), address.listen(admin))
    bound = sockets(loaded, listen, admin, os.environ)
    if bound.kept:
        _guarded(loaded, address.bound(bound.data_plane), address.bound(bound.admin))
    return bound


def _prepared(loaded: Loaded) -> Prices:
    """What takes its time is made once, here: the workers have it from their parent."""
    if rules := local(loaded.valid.rules):
        compiled(rules, loaded.data)
    return find(loaded, patient=True)


def _settled_in() -> None:
    """What holds for all processes to come."""
    _use_all_descriptors()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # memory holds secrets, and a dump of it would lie about


def _warned(loaded: Loaded, environ: Mapping[str, str], sockets: Sockets, prices: Prices) -> None:
    """What an operator should hear once."""
    server = loaded.valid.server
    for text in (
        *exposed(str(address.bound(sockets.data_plane)), server.tls, "tls"),
        *exposed(str(address.bound(sockets.admin)), server.tls_of_admin, "admin_tls"),
        *asked_in_the_clear(loaded.valid, environ),
        *doubts(loaded, prices),
    ):
        log.warning("%s", text)


YOUNG = 10_000
"""Objects that are made before the collector looks at them: with Python's 700, it finds those of the requests under way."""
SELDOM = 50
"""Times after which it looks at what it left, each of its two ways: with Python's 10, a sixth of the time of a worker with two
thousand requests under way went into looking at them again and again."""


async def worker(index: int, orders: Orders, *, anew: bool) -> int:
    """One that takes a dead one's place after a reload reads the file itself: what the parent has is as old as the start, and
    still counts for what a reload does not change.
    """
    if anew:
        loaded = await read_anew(orders.config, orders.environ, orders.data_plane, lambda mistakes: None)
        loaded = loaded or await taken_over(orders)
        if loaded is not None:
            certified, prices = files_of(loaded, loaded.folder), find(loaded, orders.prices)
            began = replace(orders.loaded, secrets={**orders.loaded.secrets, **loaded.secrets})
            orders = replace(orders, loaded=began, now=loaded, prices=prices, certificates=certified)
    gc.set_threshold(YOUNG, SELDOM, SELDOM)
    return await Worker(index, orders).run()


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


def _stores(loaded: Loaded) -> Pepper:
    """What workers will open can be opened: told now, and not by each of them."""
    if limits(loaded.valid):
        loaded.valid.limit_store.prepare(loaded.data)
    return KeyFile(loaded.data).pepper()


def _tell(*lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1

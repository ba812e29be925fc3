"""What changes while a worker runs: the file, when somebody says so, and secrets, when theirs change."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from socket import socket

from lockgate.app import address
from lockgate.app.apart import apart
from lockgate.app.checks.auth import open_to_all
from lockgate.app.load import Loaded, load, loads, next_time, reopen
from lockgate.app.orders import Orders
from lockgate.app.serving import Serving
from lockgate.app.watch_files import signatures
from lockgate.core.store import StoreError

log = logging.getLogger("lockgate.worker")

NOT_BUILT = (OSError, ValueError, StoreError, RecursionError)
"""What is raised where a file or a store that was well when it was checked is not any more."""


def read(path: Path, environ: Mapping[str, str], data_plane: socket) -> tuple[Loaded, list[str]]:
    """The file as it is now, and what speaks against putting it in force."""
    loaded = load(path, environ)
    mistakes = [*map(str, loaded.problems)]
    if not mistakes and (exposed := open_to_all(loaded.valid.auth, address.bound(data_plane))):
        mistakes = [exposed]
    return loaded, mistakes


async def read_anew(
    path: Path, environ: Mapping[str, str], data_plane: socket, refused: Callable[[int], None]
) -> Loaded | None:
    """The file as it is now, if it may be put in force; None when not, which is told, to `refused` with the number.

    Apart, for a secret may come from a command or over the network.
    """
    loaded, mistakes = await apart(read, path, environ, data_plane)
    if not mistakes:
        return loaded
    log.error("the configuration was not reloaded: %s", "; ".join(mistakes))
    refused(len(mistakes))
    return None


def keep_in_force(orders: Orders, loaded: Loaded) -> None:
    """For who takes a dead one's place while the file cannot be read, or has mistakes."""
    new = orders.in_force.with_suffix(f".{os.getpid()}")
    try:
        new.write_bytes(loaded.raw)
        new.replace(orders.in_force)
    except OSError as error:
        log.error("who takes the place of a worker that dies reads the file alone: %s", error)  # noqa: TRY400


async def taken_over(orders: Orders) -> Loaded | None:
    """What is in force, though the file has mistakes by now: what was at the start may be less strict. None: that of the start."""
    try:
        raw = orders.in_force.read_bytes()
    except OSError:
        return None
    loaded = await apart(loads, raw, orders.config, orders.environ)
    if loaded.problems:
        log.error("what is in force cannot be read any more: %s", "; ".join(map(str, loaded.problems)))
        return None
    return loaded


def secrets_changed(loaded: Loaded) -> bool:
    """Or may have: it is time to look. At the cost of a `stat` for each file that a secret came from."""
    return signatures(loaded.watched) != loaded.seen or time.monotonic() >= loaded.again


async def secrets_anew(loaded: Loaded, environ: Mapping[str, str], put: Callable[[Loaded], None]) -> Loaded:
    """The same configuration with its secrets as they are now, when they could be had and `put` in force.

    When one cannot, all stay as they were until a file changes again, or it is time again.
    """
    looked = signatures(loaded.watched)
    try:
        anew = await apart(reopen, loaded, environ)
        if anew.secrets == loaded.secrets and looked == loaded.seen:
            return replace(loaded, again=anew.again)
        put(anew)
    except NOT_BUILT as error:
        log.error("secrets stay as they were: %s", error)  # noqa: TRY400  a file's fault, not ours
        return replace(loaded, seen=looked, again=next_time(loaded.valid))
    log.info("changed secrets are in force")
    return anew


class Renewal:
    """Reads file and secrets anew beside the loop that looks after everything: keys are revoked and workers end meanwhile,
    however long a place of secrets takes.

    `wake` is called when a file has been read: it is for the loop to put in force, between its other doings.
    """

    def __init__(
        self, orders: Orders, serving: Serving, refused: Callable[[int], None], wake: Callable[[], None]
    ) -> None:
        self._orders, self._serving, self._refused, self._wake = orders, serving, refused, wake
        self._wanted = False
        self._reading: asyncio.Task[Loaded | None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    def want(self) -> None:
        """SIGHUP: the file is to be read."""
        self._wanted = True
        self._wake()

    def look(self, tasks: asyncio.TaskGroup) -> None:
        """Begins what there is to read. One thing at a time, and the file before the secrets, for it has them, too."""
        if self._reading is not None:
            return
        if self._wanted:
            self._wanted = False
            self.give_up()
            orders = self._orders
            self._reading = tasks.create_task(
                read_anew(orders.config, orders.environ, orders.data_plane, self._refused)
            )
            self._reading.add_done_callback(lambda _: self._wake())
        elif (self._renewing is None or self._renewing.done()) and secrets_changed(self._serving.loaded):
            self._renewing = tasks.create_task(self.secrets())

    def taken(self) -> Loaded | None:
        """The file that was read, once, if there is one that may be put in force."""
        if self._reading is None or not self._reading.done():
            return None
        loaded, self._reading = self._reading.result(), None
        return loaded

    def give_up(self) -> None:
        for task in (self._reading, self._renewing):
            if task is not None:
                task.cancel()

    async def secrets(self) -> None:
        put = partial(self._serving.use, prices=self._serving.prices)
        self._serving.loaded = await secrets_anew(self._serving.loaded, self._orders.environ, put)

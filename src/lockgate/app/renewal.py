"""What changes while a worker runs: the file, when somebody says so, and secrets, when theirs change."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from socket import socket

from lockgate.app import address
from lockgate.app.checks.auth import open_to_all
from lockgate.app.load import Loaded, load, next_time, reopen
from lockgate.app.watch_files import signatures
from lockgate.core.store import StoreError

log = logging.getLogger("lockgate.worker")

NOT_BUILT = (OSError, ValueError, StoreError)
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

    In a thread, for a secret may come from a command or over the network.
    """
    loaded, mistakes = await asyncio.to_thread(read, path, environ, data_plane)
    if not mistakes:
        return loaded
    log.error("the configuration was not reloaded: %s", "; ".join(mistakes))
    refused(len(mistakes))
    return None


def secrets_changed(loaded: Loaded) -> bool:
    """Or may have: it is time to look. At the cost of a `stat` for each file that a secret came from."""
    return signatures(loaded.watched) != loaded.seen or time.monotonic() >= loaded.again


async def secrets_anew(loaded: Loaded, environ: Mapping[str, str], put: Callable[[Loaded], None]) -> Loaded:
    """The same configuration with its secrets as they are now, when they could be had and `put` in force.

    When one cannot, all stay as they were until a file changes again, or it is time again.
    """
    looked = signatures(loaded.watched)
    try:
        anew = await asyncio.to_thread(reopen, loaded, environ)
        if anew.secrets == loaded.secrets and looked == loaded.seen:
            return replace(loaded, again=anew.again)
        put(anew)
    except NOT_BUILT as error:
        log.error("secrets stay as they were: %s", error)  # noqa: TRY400  a file's fault, not ours
        return replace(loaded, seen=looked, again=next_time(loaded.valid))
    log.info("changed secrets are in force")
    return anew

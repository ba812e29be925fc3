"""The desk signs checkpoints of the audit log as long as it runs, and once more at its end."""

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lockgate.app import address
from lockgate.app.blocking import blocking_post
from lockgate.app.load import Loaded
from lockgate.app.settings.audit import WitnessSettings
from lockgate.audit.notary import Notary, Witness
from lockgate.audit.segments import FOLDER
from lockgate.audit.signing import signers
from lockgate.core.duration import seconds
from lockgate.core.http import Outbound, Timeouts
from lockgate.core.problem import Problem
from lockgate.transports.http import HttpTransport

log = logging.getLogger("lockgate.audit")

FIRST_SECONDS = 1.5
"""The workers cover their first lines a moment before."""
PATIENCE = Timeouts(connect=3.0, first_byte=5.0, between_chunks=5.0, total=10.0)


async def notarize(loaded: Loaded, told: asyncio.Event) -> None:
    """Until the event, and once behind it: by then the workers have written their last lines."""
    settings = loaded.valid.audit
    transport = HttpTransport(max_connections=1) if settings.witness and settings.witness.url else None
    witness = _witness(settings.witness, loaded.folder, transport)
    every = seconds(settings.checkpoint)
    notary: Notary | None = None
    pause = min(every, FIRST_SECONDS)
    while not told.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), pause)
        pause = every
        try:
            notary = notary or await asyncio.to_thread(_notary, loaded, witness)
        except (OSError, ValueError) as error:
            log.warning("no checkpoint is signed: %s", error)
        if notary is not None:
            await asyncio.to_thread(notary.tick)
    if transport is not None:
        await transport.aclose()


def _notary(loaded: Loaded, witness: Witness | None) -> Notary:
    return Notary(loaded.data / FOLDER, signers(loaded.data), witness)


def _witness(settings: WitnessSettings | None, folder: Path, transport: HttpTransport | None) -> Witness | None:
    if settings is None:
        return None
    if settings.file is not None:
        return _into(folder / settings.file)
    if settings.url is None or transport is None:
        return None
    return _posted(settings.url, blocking_post(transport))


def _into(path: Path) -> Witness:
    def keep(note: str) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, note.encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    return keep


def _posted(url: str, post: Callable[[Outbound], int]) -> Witness:
    origin, path = address.upstream(url)
    kind = ((b"content-type", b"text/plain; charset=utf-8"),)

    def send(note: str) -> None:
        try:
            status = post(Outbound(origin, "POST", path or "/", kind, note.encode(), PATIENCE, max_bytes=64 * 1024))
        except (Problem, TimeoutError) as error:
            raise OSError(str(error) or "it is too slow") from error
        if not 200 <= status < 300:
            raise OSError(f"it answered {status}")

    return send

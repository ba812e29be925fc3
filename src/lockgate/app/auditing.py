"""Builds a process's audit log: its writer's name, its chain, its sinks."""

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from lockgate import __version__
from lockgate.app.load import Loaded
from lockgate.audit import key_file
from lockgate.audit.chain import Chain
from lockgate.audit.files import locked, make_folder
from lockgate.audit.log import AuditLog
from lockgate.audit.notary import LOCK, acquainted
from lockgate.audit.scribe import Scribe
from lockgate.audit.segments import FOLDER
from lockgate.audit.signing import FILE as SIGNING
from lockgate.audit.signing import signers
from lockgate.audit.spans import Spans
from lockgate.audit.writers import claim
from lockgate.core.duration import seconds
from lockgate.core.sink import Event, Place, Post, Tail

FILE_SINK = "file"
"""What it writes lies in the data folder, and is what the signed tree covers."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A log, and the name and lock under which this process writes."""

    log: AuditLog
    writer: str
    lock: int
    started: Awaitable[bool] | None
    """What waits for the line that says so."""

    def event(self, what: str, **details: str) -> None:
        """Something about the gateway itself."""
        self.log.put(happened(self.writer, what, **details))

    async def aclose(self) -> None:
        await self.log.aclose(happened(self.writer, "stop"))
        os.close(self.lock)


def prepare_log(data: Path) -> None:
    """Before any process writes: the folder, and the keys of the chain and of the checkpoints. `OSError` and `ValueError` say
    what is wrong, and what can be done: a log that is not signed looks like one that is until somebody wants the proof.
    """
    make_folder(data / FOLDER)
    with locked(data / FOLDER / LOCK):
        pass  # files can be made there: told now, and not by each process
    key_file.current(data)
    try:
        acquainted(data / FOLDER, signers(data))
    except ValueError as error:
        raise ValueError(f"{error}. Where there is none, begin another log and keep this one: {_anew(data)}") from error


def _anew(data: Path) -> str:
    """What an operator types. The old log is verified with its keys beside it."""
    here, old = quote(str(data)), quote(f"{data}.old")
    moved = " ".join(f"{here}/{name}" for name in (FOLDER, f"{SIGNING.partition('.')[0]}.*"))
    return f"mkdir {old} && mv {moved} {old} && cp {here}/{key_file.FILE} {old}"


def open_log(loaded: Loaded, post: Post, changed: Callable[[bool], None]) -> Opened:
    """Under a running loop. Raises `OSError`, `ValueError` and `SinkError`: without a log nothing may be served."""
    settings = loaded.valid.audit
    folder = loaded.data / FOLDER
    writer, lock = claim(folder)
    place = Place(folder, writer, time.time, post, loaded.secrets.__getitem__)
    sinks = [sink.build(place) for sink in settings.sinks]
    tails = [sink.recover() for sink in sinks]
    tail = max(tails, key=_reach)
    chain = Chain(writer, key_file.current(loaded.data), tail)
    kinds = [sink.__struct_config__.tag for sink in settings.sinks]
    spans = None
    if FILE_SINK in kinds:
        spans = sinks[kinds.index(FILE_SINK)], Spans(folder, writer, seconds(settings.checkpoint))
    log = AuditLog(
        Scribe(chain, sinks, settings.required, spans),
        strict=settings.durability == "strict",
        patience=seconds(settings.patience),
        changed=changed,
    )
    for note in (note for each in tails for note in each.notes):
        log.put(note)
    started = log.put(happened(writer, "start", version=__version__, pid=str(os.getpid())))
    return Opened(log, writer, lock, started)


def happened(who: str, what: str, **details: str) -> Event:
    return Event(ts=time.time(), event=what, who=who, details=details)


def _reach(tail: Tail) -> int:
    return tail.seq

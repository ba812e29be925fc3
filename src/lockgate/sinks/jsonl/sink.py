"""Collects lines in memory and hands them to the disk in batches, from a thread, so that no request waits for it."""

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lockgate.core.sink import Record
from lockgate.sinks.jsonl.line import Dates, Link, line

log = logging.getLogger("lockgate.audit")

FLUSH_SECONDS = 0.02
BACKLOG_BYTES = 16 * 1024 * 1024
RETRY_SECONDS = 0.25


class JsonLines:
    """One file per process, opened for appending. `full` while the backlog is at its bound: nothing new is let through.

    A write that fails is tried again: the lines stay in memory, in order, until the disk takes them.
    """

    def __init__(self, path: Path, backlog_bytes: int = BACKLOG_BYTES) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        self._loop = asyncio.get_running_loop()
        self._writer = ThreadPoolExecutor(1, "audit")
        self._link, self._dates = Link(), Dates()
        self._waiting: list[bytes] = []
        self._size = 0
        self._bound = backlog_bytes
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None

    @property
    def full(self) -> bool:
        return self._size >= self._bound

    @property
    def backlog(self) -> int:
        """Bytes that the disk has not taken yet."""
        return self._size

    def put(self, record: Record) -> None:
        text, self._link = line(record, self._link, self._dates)
        self._waiting.append(text)
        self._size += len(text)
        if self._timer is None and self._writing is None:
            self._timer = self._loop.call_later(FLUSH_SECONDS, self._flush)

    async def aclose(self) -> None:
        """Writes what is left, as well as the disk lets it, and closes the file."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        if self._waiting:
            await self._loop.run_in_executor(self._writer, _write, self._file, b"".join(self._waiting))
        self._writer.shutdown()
        os.close(self._file)

    def _flush(self) -> None:
        self._timer = None
        batch, self._waiting = b"".join(self._waiting), []
        self._writing = self._loop.run_in_executor(self._writer, _write, self._file, batch)
        self._writing.add_done_callback(lambda done: self._written(batch, done))

    def _written(self, batch: bytes, done: "asyncio.Future[None]") -> None:
        self._writing = None
        delay = FLUSH_SECONDS
        if isinstance(error := done.exception(), Unwritten):
            log.error("the audit log cannot be written: %s", error.__cause__)
            self._waiting.insert(0, batch[error.written :])
            self._size -= error.written
            delay = RETRY_SECONDS
        else:
            self._size -= len(batch)
        if self._waiting and self._timer is None:
            self._timer = self._loop.call_later(delay, self._flush)


class Unwritten(Exception):
    """The disk took only `written` bytes of a batch."""

    def __init__(self, written: int) -> None:
        super().__init__(written)
        self.written = written


def _write(file: int, batch: bytes) -> None:
    written = 0
    try:
        while written < len(batch):
            written += os.write(file, batch[written:])
    except OSError as error:
        raise Unwritten(written) from error

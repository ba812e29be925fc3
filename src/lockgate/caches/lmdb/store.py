"""The store on LMDB: read in place, written by a thread of its own, so that no request waits for another's answer."""

import asyncio
import logging
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import final

import lmdb

from lockgate import lmdb_files

SWEEP = 32
"""The most that leave with each one that comes: more than come in, so that what is over does not stay."""
PENDING = 64
"""Answers of this process that wait to be written; more are not kept."""
FULL = 0.8
"""Of the map: LMDB needs room to make room."""
_ROW = struct.Struct(">Q32s")
_BEGIN = struct.Struct(">Q")

log = logging.getLogger("lockgate.cache")


@final
class LmdbCache:
    """Two tables: `kept` has answers with the end of their time in front, `ends` the ends in order.

    Commits are not flushed: what a machine forgets when it dies is asked for again. A file that cannot be used is said once,
    and nothing is kept.
    """

    def __init__(self, folder: Path, size: int, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._pending = 0
        self._broken = False
        self._threads = ThreadPoolExecutor(1, "cache")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._environment = lmdb_files.opened(folder, size=size, tables=2)
        self._kept, self._ends = (self._environment.open_db(name) for name in (b"kept", b"ends"))

    def get(self, key: bytes) -> bytes | None:
        try:
            with self._environment.begin(db=self._kept) as transaction:
                row = transaction.get(key)
        except lmdb.Error as error:
            self._say(error)
            return None
        if row is None or len(row) < _BEGIN.size or _BEGIN.unpack_from(row)[0] <= self._micros():
            return None
        return row[_BEGIN.size :]

    def put(self, key: bytes, value: bytes, seconds: float) -> None:
        with self._lock:
            if self._pending >= PENDING:
                return
            self._pending += 1
        self._threads.submit(self._write, key, value, self._micros() + int(seconds * 1e6))

    async def written(self) -> None:
        """Returns when what was put before is kept, or is not going to be."""
        await asyncio.wrap_future(self._threads.submit(int))

    def entries(self) -> int:
        """How many there are, those whose time is over included."""
        with self._environment.begin() as transaction:
            return int(transaction.stat(self._kept)["entries"])

    async def aclose(self) -> None:
        self._threads.shutdown(wait=True)
        self._environment.close()

    def _micros(self) -> int:
        return int(self._now() * 1e6)

    def _write(self, key: bytes, value: bytes, end: int) -> None:
        try:
            with self._environment.begin(write=True) as transaction:
                self._make_room(transaction)
                if (before := transaction.get(key, db=self._kept)) is not None:
                    transaction.delete(_ROW.pack(_BEGIN.unpack_from(before)[0], key), db=self._ends)
                transaction.put(key, _BEGIN.pack(end) + value, db=self._kept)
                transaction.put(_ROW.pack(end, key), b"", db=self._ends)
            self._broken = False
        except lmdb.Error as error:
            self._say(error)
        finally:
            with self._lock:
                self._pending -= 1

    def _make_room(self, transaction: lmdb.Transaction) -> None:
        now = self._micros()
        cursor = transaction.cursor(self._ends)
        for _ in range(SWEEP):
            if not cursor.first():
                return
            end, key = _ROW.unpack(cursor.key())
            if end > now and not self._full(transaction):
                return
            transaction.delete(key, db=self._kept)
            cursor.delete()

    def _full(self, transaction: lmdb.Transaction) -> bool:
        """Whether what is kept takes too much of the map; pages that are free again do not count."""
        used = sum(
            (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]) * stat["psize"]
            for stat in (transaction.stat(self._kept), transaction.stat(self._ends))
        )
        return used > FULL * self._environment.info()["map_size"]

    def _say(self, error: lmdb.Error) -> None:
        if not self._broken:
            log.error("answers are not kept now: %s", error)
        self._broken = True

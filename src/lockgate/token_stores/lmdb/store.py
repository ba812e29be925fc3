"""Sealed conversations in LMDB, until they are over."""

import time
from collections.abc import Callable
from pathlib import Path

import lmdb

from lockgate.core.store import StoreError

MAP_BYTES = 4 * 1024 * 1024 * 1024
"""Room for some four million conversations. The file is as large as what is in it."""
_SWEEP = 4
"""What is over leaves with what comes: more than comes in."""
_TIME = 8


class LmdbTokens:
    """Opened at the first use: a process has each environment at most once.

    Commits are not flushed to the disk: they survive the death of any process, not always that of the machine. What is lost then is
    which number a value had.
    """

    def __init__(self, folder: Path, now: Callable[[], float] | None = None, *, size: int = MAP_BYTES) -> None:
        self._folder, self._now, self._size = folder, now or time.time, size
        self._opened: tuple[lmdb.Environment, lmdb._Database, lmdb._Database] | None = None

    async def read(self, name: bytes) -> bytes | None:
        try:
            environment, kept, _ = self._opened or self._open()
            with environment.begin() as transaction:
                return self._live(transaction.get(name, db=kept))
        except (lmdb.Error, OSError) as error:
            raise StoreError(f"{self._folder}: {error}") from error

    async def put(self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float) -> bool:
        try:
            environment, kept, ends = self._opened or self._open()
            with environment.begin(write=True) as transaction:
                before = transaction.get(name, db=kept)
                if self._live(before) != seen:
                    return False
                self._sweep(transaction, kept, ends)
                if before is not None:
                    transaction.delete(bytes(before[:_TIME]) + name, db=ends)
                end = _time(self._now() + seconds)
                transaction.put(name, end + sealed, db=kept)
                return transaction.put(end + name, b"", db=ends)
        except (lmdb.Error, OSError) as error:
            raise StoreError(f"{self._folder}: {error}") from error

    async def aclose(self) -> None:
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def _open(self) -> "tuple[lmdb.Environment, lmdb._Database, lmdb._Database]":
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No writable map: with one, a full disk kills the process instead of failing.
        environment = lmdb.open(str(self._folder), map_size=self._size, max_dbs=2, sync=False, mode=0o600)
        self._opened = environment, environment.open_db(b"kept"), environment.open_db(b"ends")
        return self._opened

    def _live(self, raw: bytes | None) -> bytes | None:
        return None if raw is None or raw[:_TIME] <= _time(self._now()) else bytes(raw[_TIME:])

    def _sweep(self, transaction: lmdb.Transaction, kept: "lmdb._Database", ends: "lmdb._Database") -> None:
        now, cursor = _time(self._now()), transaction.cursor(ends)
        for _ in range(_SWEEP):
            if not cursor.first() or (key := bytes(cursor.key()))[:_TIME] > now:
                return
            transaction.delete(key[_TIME:], db=kept)
            cursor.delete()


def _time(seconds: float) -> bytes:
    """Milliseconds, so that the order of bytes is the order of time."""
    return max(0, int(seconds * 1000)).to_bytes(_TIME)

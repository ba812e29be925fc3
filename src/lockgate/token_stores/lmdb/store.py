"""Sealed conversations in LMDB, until they are over."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import lmdb

from lockgate import lmdb_files
from lockgate.core.store import StoreError
from lockgate.core.tokens import Share, ShareFull
from lockgate.token_stores.lmdb.shares import Shares

MAP_BYTES = 4 * 1024 * 1024 * 1024
"""Room for some four million conversations. The file is as large as what is in it."""
_SWEEP = 4
"""What is over leaves with what comes: more than comes in."""
_SWEEP_MORE = 1000
"""And so much before somebody is told that he has no room."""
_TIME = 8


class _Opened(NamedTuple):
    environment: lmdb.Environment
    kept: "lmdb._Database"
    ends: "lmdb._Database"
    shares: Shares


class LmdbTokens:
    """Opened at the first use: a process has each environment at most once.

    Commits are not flushed to the disk: they survive the death of any process, not always that of the machine. What is lost then is
    which number a value had.
    """

    def __init__(self, folder: Path, now: Callable[[], float] | None = None, *, size: int = MAP_BYTES) -> None:
        self._folder, self._now, self._size = folder, now or time.time, size
        self._opened: _Opened | None = None

    async def read(self, name: bytes) -> bytes | None:
        try:
            opened = self._opened or self._open()
            with opened.environment.begin() as transaction:
                return self._live(transaction.get(name, db=opened.kept))
        except (lmdb.Error, OSError) as error:
            raise StoreError(f"{self._folder}: {error}") from error

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        try:
            opened = self._opened or self._open()
            with opened.environment.begin(write=True) as transaction:
                if self._live(transaction.get(name, db=opened.kept)) != seen:
                    return False
                self._sweep(transaction, opened, _SWEEP)
                if share is None or self._room(transaction, opened, name, share, len(sealed)):
                    self._put(transaction, opened, name, _time(self._now() + seconds) + sealed, share)
                    return True
        except (lmdb.Error, OSError) as error:
            raise StoreError(f"{self._folder}: {error}") from error
        raise ShareFull

    async def aclose(self) -> None:
        if self._opened is not None:
            self._opened.environment.close()
            self._opened = None

    def _open(self) -> _Opened:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No writable map: with one, a full disk kills the process instead of failing.
        environment = lmdb_files.opened(self._folder, size=self._size, tables=4)
        kept, ends = environment.open_db(b"kept"), environment.open_db(b"ends")
        self._opened = _Opened(environment, kept, ends, Shares(environment))
        return self._opened

    def _live(self, raw: bytes | None) -> bytes | None:
        return None if raw is None or raw[:_TIME] <= _time(self._now()) else bytes(raw[_TIME:])

    def _room(self, transaction: lmdb.Transaction, opened: _Opened, name: bytes, share: Share, size: int) -> bool:
        if opened.shares.room(transaction, name, share, size):
            return True
        self._sweep(transaction, opened, _SWEEP_MORE)
        return opened.shares.room(transaction, name, share, size)

    def _put(
        self, transaction: lmdb.Transaction, opened: _Opened, name: bytes, raw: bytes, share: Share | None
    ) -> None:
        before = transaction.get(name, db=opened.kept)
        if before is not None:
            transaction.delete(bytes(before[:_TIME]) + name, db=opened.ends)
        transaction.put(name, raw, db=opened.kept)
        transaction.put(raw[:_TIME] + name, b"", db=opened.ends)
        if share is None:
            opened.shares.drop(transaction, name)
        else:
            opened.shares.put(transaction, name, share, len(raw) - _TIME)

    def _sweep(self, transaction: lmdb.Transaction, opened: _Opened, most: int) -> None:
        now, cursor = _time(self._now()), transaction.cursor(opened.ends)
        for _ in range(most):
            if not cursor.first() or (key := bytes(cursor.key()))[:_TIME] > now:
                return
            transaction.delete(key[_TIME:], db=opened.kept)
            opened.shares.drop(transaction, key[_TIME:])
            cursor.delete()


def _time(seconds: float) -> bytes:
    """Milliseconds, so that the order of bytes is the order of time."""
    return max(0, int(seconds * 1000)).to_bytes(_TIME)

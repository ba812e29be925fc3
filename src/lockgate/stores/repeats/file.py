"""Names of requests and their answers in a file that all workers of a machine share."""

import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import final

import lmdb

from lockgate import lmdb_files
from lockgate.core.repeat import LEASE, NONCE, Turn
from lockgate.core.store import StoreError

_ROW = struct.Struct(">?Q32s8s")
"""Whether it is answered, the end of its time in microseconds, the request's print, and the process that has it."""
_END = struct.Struct(">Q32s")
SWEEP = 32
FULL = 0.8


@final
class RepeatFile:
    """The port `RepeatRows`. Commits are not flushed: a machine that dies forgets, and answers anew."""

    def __init__(self, folder: Path, *, size: int = 256 << 20, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._mine = os.urandom(8)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._environment = lmdb_files.opened(folder, size=size, tables=2)
            self._rows, self._ends = (self._environment.open_db(name) for name in (b"rows", b"ends"))
        except (OSError, lmdb.Error) as error:
            raise StoreError(f"answers to repeated requests cannot be kept in {folder}: {error}") from error

    async def claim(self, place: bytes, print_: bytes, useless: bytes = b"") -> bytes | Turn:
        now = self._micros()
        with self._writing() as transaction:
            row = transaction.get(place, db=self._rows)
            if row is not None:
                answered, end, known, _ = _ROW.unpack_from(row)
                if end > now:
                    if known != print_:
                        return "other"
                    if not answered:
                        return "running"
                    if (sealed := bytes(row[_ROW.size :]))[:NONCE] != useless:
                        return sealed
            self._put(transaction, place, _ROW.pack(False, now + int(LEASE * 1e6), print_, self._mine))
        return "mine"

    async def renew(self, place: bytes) -> None:
        with self._writing() as transaction:
            print_ = self._ours(transaction, place)
            if print_ is not None:
                end = self._micros() + int(LEASE * 1e6)
                self._put(transaction, place, _ROW.pack(False, end, print_, self._mine))

    async def keep(self, place: bytes, sealed: bytes, seconds: float) -> None:
        end = self._micros() + int(seconds * 1e6)
        with self._writing() as transaction:
            print_ = self._ours(transaction, place)
            if print_ is not None:
                self._make_room(transaction)
                self._put(transaction, place, _ROW.pack(True, end, print_, self._mine) + sealed)

    async def drop(self, place: bytes) -> None:
        with self._writing() as transaction:
            if self._ours(transaction, place) is not None:
                self._out(transaction, place)

    async def aclose(self) -> None:
        self._environment.close()

    def _ours(self, transaction: lmdb.Transaction, place: bytes) -> bytes | None:
        """The row's print, if it is not answered, nobody has taken it over, and its time is not over."""
        row = transaction.get(place, db=self._rows)
        if row is None:
            return None
        answered, end, print_, owner = _ROW.unpack_from(row)
        return bytes(print_) if not answered and owner == self._mine and end > self._micros() else None

    def _put(self, transaction: lmdb.Transaction, place: bytes, row: bytes) -> None:
        self._out(transaction, place)
        transaction.put(place, row, db=self._rows)
        transaction.put(_END.pack(_ROW.unpack_from(row)[1], place), b"", db=self._ends)

    def _out(self, transaction: lmdb.Transaction, place: bytes) -> None:
        if (row := transaction.get(place, db=self._rows)) is not None:
            transaction.delete(_END.pack(_ROW.unpack_from(row)[1], place), db=self._ends)
            transaction.delete(place, db=self._rows)

    def _make_room(self, transaction: lmdb.Transaction) -> None:
        """Those whose time is over leave, and where it is full, the answers whose time is over soonest.

        Who has a turn keeps it: its time is the shortest, and two would be asked for one.
        """
        cursor, now, gone = transaction.cursor(self._ends), self._micros(), 0
        there = cursor.first()
        while there and gone < SWEEP:
            end, place = _END.unpack(cursor.key())
            if end > now:
                if not self._full(transaction):
                    return
                if not _ROW.unpack_from(transaction.get(place, b"\1".ljust(_ROW.size), db=self._rows))[0]:
                    there = cursor.next()
                    continue
            transaction.delete(place, db=self._rows)
            there, gone = cursor.delete(), gone + 1

    def _full(self, transaction: lmdb.Transaction) -> bool:
        used = sum(
            (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]) * stat["psize"]
            for stat in (transaction.stat(self._rows), transaction.stat(self._ends))
        )
        return bool(used > FULL * self._environment.info()["map_size"])

    def _micros(self) -> int:
        return int(self._now() * 1e6)

    @contextmanager
    def _writing(self) -> Iterator[lmdb.Transaction]:
        """A transaction whose failures are `StoreError`."""
        try:
            with self._environment.begin(write=True) as transaction:
                yield transaction
        except lmdb.Error as error:
            raise StoreError(f"answers to repeated requests: {error}") from error

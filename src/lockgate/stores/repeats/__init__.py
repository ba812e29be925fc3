"""Names of requests and their answers, in a file that all workers of a machine share, each sealed under its own key."""

import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import final

import lmdb
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockgate.core.key_digest import Pepper
from lockgate.core.repeat import LEASE, Claim, Given, Name
from lockgate.core.store import StoreError

_ROW = struct.Struct(">?Q32s8s")
"""Whether it is answered, the end of its time in microseconds, the request's print, and the process that has it."""
_END = struct.Struct(">Q32s")
_NONCE = 12
SWEEP = 32
FULL = 0.8
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Given).decode


@final
class RepeatStore:
    """The port `Repeats`. Commits are not flushed: a machine that dies forgets, and answers anew."""

    def __init__(
        self,
        folder: Path,
        pepper: Pepper,
        *,
        seconds: float = 86400.0,
        largest: int = 1 << 20,
        size: int = 256 << 20,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.seconds, self.largest = seconds, largest
        self._now = now
        self._pepper = pepper
        self._mine = os.urandom(8)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._environment = lmdb.open(str(folder), map_size=size, max_dbs=2, sync=False, mode=0o600)
            self._rows, self._ends = (self._environment.open_db(name) for name in (b"rows", b"ends"))
        except (OSError, lmdb.Error) as error:
            raise StoreError(f"answers to repeated requests cannot be kept in {folder}: {error}") from error

    def name(self, material: bytes) -> Name:
        place = bytes.fromhex(self._pepper.digest(b"lockgate repeats: name " + material))
        return Name(place, bytes.fromhex(self._pepper.digest(b"lockgate repeats: seal " + material)))

    def claim(self, name: Name, print_: bytes) -> Claim:
        now = self._micros()
        with self._writing() as transaction:
            row = transaction.get(name.place, db=self._rows)
            if row is not None:
                answered, end, known, _ = _ROW.unpack_from(row)
                if end > now:
                    if known != print_:
                        return "other"
                    if not answered:
                        return "running"
                    if (given := self._opened(name, bytes(row[_ROW.size :]))) is not None:
                        return given
            self._put(transaction, name, _ROW.pack(False, now + int(LEASE * 1e6), print_, self._mine))
        return "mine"

    def renew(self, name: Name) -> None:
        with self._writing() as transaction:
            row = self._ours(transaction, name)
            if row is not None:
                end = self._micros() + int(LEASE * 1e6)
                self._put(transaction, name, _ROW.pack(False, end, _ROW.unpack_from(row)[2], self._mine))

    def keep(self, name: Name, print_: bytes, given: Given) -> None:
        nonce = os.urandom(_NONCE)
        sealed = nonce + AESGCM(name.seal).encrypt(nonce, _encode(given), name.place)
        end = self._micros() + int(self.seconds * 1e6)
        with self._writing() as transaction:
            if self._ours(transaction, name) is not None:
                self._make_room(transaction)
                self._put(transaction, name, _ROW.pack(True, end, print_, self._mine) + sealed)

    def drop(self, name: Name) -> None:
        with self._writing() as transaction:
            if self._ours(transaction, name) is not None:
                self._out(transaction, name.place)

    def close(self) -> None:
        self._environment.close()

    def _ours(self, transaction: lmdb.Transaction, name: Name) -> bytes | None:
        """The row, if it is not answered and nobody has taken it over."""
        row = transaction.get(name.place, db=self._rows)
        if row is None:
            return None
        answered, _, _, owner = _ROW.unpack_from(row)
        return bytes(row) if not answered and owner == self._mine else None

    def _opened(self, name: Name, sealed: bytes) -> Given | None:
        try:
            return _decode(AESGCM(name.seal).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.place))
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            return None  # of another version, or changed by somebody

    def _put(self, transaction: lmdb.Transaction, name: Name, row: bytes) -> None:
        self._out(transaction, name.place)
        transaction.put(name.place, row, db=self._rows)
        transaction.put(_END.pack(_ROW.unpack_from(row)[1], name.place), b"", db=self._ends)

    def _out(self, transaction: lmdb.Transaction, place: bytes) -> None:
        if (row := transaction.get(place, db=self._rows)) is not None:
            transaction.delete(_END.pack(_ROW.unpack_from(row)[1], place), db=self._ends)
            transaction.delete(place, db=self._rows)

    def _make_room(self, transaction: lmdb.Transaction) -> None:
        """Those whose time is over leave, and where it is full, those whose time is over soonest."""
        cursor, now = transaction.cursor(self._ends), self._micros()
        for _ in range(SWEEP):
            if not cursor.first():
                return
            end, place = _END.unpack(cursor.key())
            if end > now and not self._full(transaction):
                return
            transaction.delete(place, db=self._rows)
            cursor.delete()

    def _full(self, transaction: lmdb.Transaction) -> bool:
        used = sum(
            (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]) * stat["psize"]
            for stat in (transaction.stat(self._rows), transaction.stat(self._ends))
        )
        return bool(used > FULL * self._environment.info()["map_size"])

    def _micros(self) -> int:
        return int(self._now() * 1e6)

    def _writing(self) -> "_Writing":
        return _Writing(self._environment)


@final
class _Writing:
    """A transaction whose failures are `StoreError`."""

    def __init__(self, environment: lmdb.Environment) -> None:
        self._environment = environment

    def __enter__(self) -> lmdb.Transaction:
        try:
            self._transaction = self._environment.begin(write=True)
        except lmdb.Error as error:
            raise StoreError(f"answers to repeated requests: {error}") from error
        return self._transaction

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                self._transaction.commit()
            else:
                self._transaction.abort()
        except lmdb.Error as failed:
            raise StoreError(f"answers to repeated requests: {failed}") from failed
        if isinstance(error, lmdb.Error):
            raise StoreError(f"answers to repeated requests: {error}") from error

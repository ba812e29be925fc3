"""The memory against replays: what was accepted once, in a folder that all workers share, until it is too old anyway."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, final

from lockgate.core.problem import Kind, Problem

if TYPE_CHECKING:
    import lmdb

T = TypeVar("T")
MAP_BYTES = 1024 * 1024 * 1024
"""Room for some six million nonces that are still in time, 20,000 a second for five minutes: one who may sign, and signs as often
as he can, keeps nobody else out. The file is as large as what is in it.
"""
_SWEEP = 8
"""Old ones that leave with each new one: more than come in, so that a burst does not stay for ever."""


@final
class NonceStore:
    """The port `Nonces` on LMDB, opened at the first use: a process has each environment at most once.

    Commits are not flushed to the disk: they survive the death of any process, not that of the machine. After a restart
    of the machine, what claims to be made before it is therefore not taken; `boot` names the life of the machine. Nor is
    what would have been forgotten by now: a clock that was ahead and went back does not open the past again.
    """

    def __init__(self, folder: Path, boot: str, *, size: int = MAP_BYTES) -> None:
        self._folder = folder
        self._boot = boot.encode()
        self._size = size
        self._since = 0.0
        self._opened: tuple[lmdb.Environment, lmdb._Database, lmdb._Database, lmdb._Database] | None = None

    async def begin(self, now: float) -> None:
        self._with(lambda: self._opened or self._open(now))

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        return self._with(lambda: self._first(hashlib.sha256(nonce).digest(), now, until, made))

    def _first(self, key: bytes, now: float, until: float, made: float) -> bool:
        environment, seen, ends, life = self._opened or self._open(now)
        if made < self._since:
            return False
        with environment.begin(write=True) as transaction:
            swept = _sweep(transaction, seen, ends, life, _time(now))
            if _time(until) <= swept or not transaction.put(key, b"", db=seen, overwrite=False):
                return False
            return transaction.put(_time(until) + key, b"", db=ends)

    def _with(self, act: Callable[[], T]) -> T:
        import lmdb  # noqa: PLC0415  only where requests are signed

        try:
            return act()
        except (lmdb.Error, OSError) as error:
            raise Problem(Kind.NO_AUTH, "the memory against replays cannot be used", source="gateway") from error

    async def aclose(self) -> None:
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def _open(self, now: float) -> "tuple[lmdb.Environment, lmdb._Database, lmdb._Database, lmdb._Database]":
        from lockgate import lmdb_files  # noqa: PLC0415  as above

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No writable map, though it would take half the time: with one, a full disk kills the process instead of failing.
        environment = lmdb_files.opened(self._folder, size=self._size, tables=3)
        seen, ends, life = (environment.open_db(name) for name in (b"seen", b"ends", b"life"))
        with environment.begin(write=True) as transaction:
            boot, since = transaction.get(b"boot", db=life), transaction.get(b"since", db=life)
            if boot != self._boot:
                # A new folder has forgotten nothing; one of another life of the machine may have.
                since = _time(0.0 if boot is None else now)
                transaction.put(b"boot", self._boot, db=life)
                transaction.put(b"since", since, db=life)
        self._since = int.from_bytes(since or b"") / 1000
        self._opened = environment, seen, ends, life
        return self._opened


def _sweep(
    transaction: "lmdb.Transaction", seen: "lmdb._Database", ends: "lmdb._Database", life: "lmdb._Database", now: bytes
) -> bytes:
    """Forgets some of what is over, and says up to which end anything was ever forgotten."""
    before = last = bytes(transaction.get(b"swept", b"", db=life))
    cursor = transaction.cursor(ends)
    for _ in range(_SWEEP):
        if not cursor.first() or (end := bytes(cursor.key()[:8])) >= now:
            break
        transaction.delete(cursor.key()[8:], db=seen)
        cursor.delete()
        last = max(last, end)
    if last != before:
        transaction.put(b"swept", last, db=life)
    return last


def _time(seconds: float) -> bytes:
    """Milliseconds, so that the order of bytes is the order of time."""
    return max(0, int(seconds * 1000)).to_bytes(8)

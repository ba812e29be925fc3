"""The file that all processes of the machine share: opened, grown, and given up when the machine went down under it.

Nothing is written through to the disk: a process that dies loses nothing, for the pages are the system's; a machine
that dies may leave anything. So the file counts only in the life of the machine that wrote it, or when its last user
closed it in order; otherwise it is removed, and the memory is restored from the audit log.

The disk space is taken when the file is made, because writing to a mapped page that the disk has no room for would
kill the process.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, cast

import lmdb

from lockgate.core.store import StoreError

FIRST = 16 << 20
MOST = 1 << 30
PROCESSES = 1024
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Which life of the machine this is; without such an id every life is taken for a new one."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return os.urandom(16).hex()


class Cursor(Protocol):
    def first(self) -> bool: ...
    def next(self) -> bool: ...
    def set_range(self, key: bytes) -> bool: ...
    def delete(self) -> bool: ...
    def key(self) -> bytes: ...
    def value(self) -> bytes: ...


class Txn(Protocol):
    """A transaction of LMDB, as far as it is used here."""

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, value: bytes) -> bool: ...
    def delete(self, key: bytes) -> bool: ...
    def cursor(self) -> Cursor: ...
    def id(self) -> int: ...
    def commit(self) -> None: ...
    def abort(self) -> None: ...


class Table:
    """One for each process and file: LMDB must not have the same file open twice in one process."""

    def __init__(self, folder: Path, boot: str = "", *, most: int = MOST) -> None:
        self.folder, self._most = folder, most
        self.boot = boot or boot_id()
        self._file = folder / "data.mdb"
        self._take_in()

    def _take_in(self) -> None:
        self.env = self._opened()
        self.begin = cast("Callable[[None, None, bool], Txn]", self.env.begin)
        self._inode = self._file.stat().st_ino

    @property
    def lost(self) -> bool:
        """Somebody removed or replaced the file: what is in this one is not what the others see."""
        try:
            return self._file.stat().st_ino != self._inode
        except OSError:
            return True

    @property
    def rows(self) -> int:
        return int(self.env.stat()["entries"])

    @property
    def used(self) -> float:
        """How much of all the room there may be is in use."""
        stat = self.env.stat()
        return float(stat["psize"] * (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]) / self._most)

    def reopen(self) -> None:
        self.env.close()
        self._take_in()

    def grow(self) -> None:
        """Twice the room. `StoreError` when there is none on the disk, or none that is allowed."""
        with self._alone():
            size = max(self._file.stat().st_size, self.env.info()["map_size"]) * 2
            if size > self._most:
                raise StoreError(f"{self._file} is full: it has {self._most >> 20} MiB, the most that is allowed")
            self._take(size)
            self.env.set_mapsize(size)

    def adopt(self) -> None:
        """Another process made it grow."""
        self.env.set_mapsize(0)

    def close(self, *, last: bool) -> None:
        """`last`: nobody else uses it. Then it is written to the disk, and outlives the machine."""
        with self._alone():
            if last and not self.lost:
                self.env.sync(True)
                closed = self.folder / "closed"
                closed.write_text(self.boot)
                _written(closed)
                _written(self.folder)
        self.env.close()

    def _opened(self) -> lmdb.Environment:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                self._trust()
                env = lmdb.open(
                    str(self.folder),
                    map_size=max(FIRST, self._file.stat().st_size if self._file.exists() else 0),
                    max_readers=PROCESSES,
                    sync=False,
                    metasync=False,
                    writemap=True,
                    map_async=True,
                    readahead=False,
                    mode=0o600,
                )
                self._take(FIRST)
                return env
        except (OSError, lmdb.Error) as error:
            raise StoreError(f"{self._file} cannot be used: {error}") from error

    def _trust(self) -> None:
        """Whether what is in the file is what was written."""
        boot, closed = self.folder / "boot", self.folder / "closed"
        known = boot.read_text() if boot.exists() else ""
        if known != self.boot:
            if not (closed.exists() and closed.read_text() == known):
                for name in ("data.mdb", "lock.mdb"):
                    (self.folder / name).unlink(missing_ok=True)
            boot.write_text(self.boot)
        if closed.exists():
            closed.unlink()
            _written(self.folder)  # or a crash could bring it back

    def _take(self, size: int) -> None:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_blocks * 512 < size:
                os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            raise StoreError(f"{self._file} cannot have {size >> 20} MiB: {error.strerror}") from error
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time opens, grows and closes."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            with suppress(OSError):
                os.close(descriptor)


def _written(path: Path) -> None:
    """Waits until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

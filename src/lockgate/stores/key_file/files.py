"""Files that only their owner reads, that are whole or not there, and that one process at a time may change."""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lockgate.core.store import StoreError


def make_folder(folder: Path) -> None:
    """A folder that only its owner enters (0700). One that is there already keeps its rights: its files are 0600."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the data folder {folder}: {error.strerror}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Puts a file with this content (0600) in the path's place: after a crash there is the old one or the new one."""
    put(draft(path, (content,)), path)


def put(written: Path, path: Path) -> None:
    """A draft takes its place."""
    try:
        written.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def write_once(path: Path, content: bytes) -> bool:
    """Makes the file (0600) unless there is one. False when somebody was faster: theirs is whole and stays."""
    written = draft(path, (content,))
    try:
        os.link(written, path)
        _sync_folder(path.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    finally:
        written.unlink(missing_ok=True)
    return True


def remove(path: Path) -> None:
    """For good, unless it was gone already."""
    try:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"cannot remove {path}: {error.strerror}") from error


def read_limited(path: Path, limit: int) -> bytes:
    """The file's bytes; `ValueError` when there are more than `limit`."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit} bytes")
    return content


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file: others wait. The system lets go of it when the process ends, however it ends."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"cannot open {path}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def draft(path: Path, pieces: Iterable[bytes]) -> Path:
    """A file with this content (0600) beside the path, safe on the disk."""
    written = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(handle)
    except OSError as error:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    return written


def _sync_folder(folder: Path) -> None:
    """A new name is safe on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

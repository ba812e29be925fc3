"""Files that only their owner reads, and that are whole or not there."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """A folder that only its owner enters (0700). One that is there already keeps its rights: its files are 0600."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def create(path: Path) -> int:
    """A new file (0600), open for appending; its name is durable. `FileExistsError` when there is one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    sync_folder(path.parent)
    return handle


def sync_folder(folder: Path) -> None:
    """A new name is safe on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def draft(path: Path, pieces: Iterable[bytes]) -> Path:
    """A file with this content (0600) beside the path, safe on the disk."""
    written = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(handle)
    except BaseException:
        _gone(written)
        raise
    return written


def put(written: Path, path: Path, *, new: bool = False) -> bool:
    """A draft takes its place. `new`: only when nothing is there; False when somebody was faster, whose file stays."""
    try:
        if new:
            os.link(written, path)
        else:
            written.replace(path)
        sync_folder(path.parent)
    except FileExistsError:
        return False
    finally:
        _gone(written)
    return True


def write_whole(path: Path, content: bytes, *, new: bool = False) -> bool:
    """Puts a file with this content in the path's place: after a crash there is the old one or the new one."""
    return put(draft(path, (content,)), path, new=new)


def remove(path: Path) -> None:
    """For good, unless it was gone already."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file: others wait. The system lets go of it when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def taken(path: Path) -> int | None:
    """The lock file, locked and open for as long as the process wants; None when somebody else has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _gone(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)

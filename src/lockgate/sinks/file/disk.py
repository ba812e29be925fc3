"""The disk, as the segments use it."""

import os
from pathlib import Path
from typing import Protocol

from lockgate.audit.files import create, make_folder


class Disk(Protocol):
    """Raises `OSError`. Tests make one that fails."""

    def create(self, path: Path) -> int: ...
    def reopen(self, path: Path) -> int: ...
    def write(self, file: int, content: bytes) -> int: ...
    def sync(self, file: int) -> None: ...
    def truncate(self, file: int, size: int) -> None: ...
    def same(self, file: int, path: Path, size: int) -> bool:
        """Whether the path still leads to the open file, and nobody cut it. Where nobody can tell, it does not: never raises."""
        ...

    def close(self, file: int) -> None: ...


class SystemDisk:
    """The disk as it is."""

    def __init__(self) -> None:
        self._opened: dict[int, tuple[int, int]] = {}
        """Which file each open one is. That does not change: one look for each flush is enough, and one way out of the lock."""

    def create(self, path: Path) -> int:
        make_folder(path.parent)
        return self._noted(create(path))

    def reopen(self, path: Path) -> int:
        return self._noted(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))

    def _noted(self, file: int) -> int:
        here = os.fstat(file)
        self._opened[file] = here.st_ino, here.st_dev
        return file

    def write(self, file: int, content: bytes) -> int:
        return os.write(file, content)

    def sync(self, file: int) -> None:
        os.fdatasync(file)

    def truncate(self, file: int, size: int) -> None:
        os.ftruncate(file, size)

    def same(self, file: int, path: Path, size: int) -> bool:
        try:
            there = os.stat(path)  # noqa: PTH116  a third of what `Path.stat` takes
        except OSError:  # gone, or behind a folder that may not be entered any more
            return False
        return (there.st_ino, there.st_dev) == self._opened[file] and there.st_size >= size

    def close(self, file: int) -> None:
        del self._opened[file]
        os.close(file)

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
        """Whether the path still leads to the open file, and nobody cut it."""
        ...

    def close(self, file: int) -> None: ...


class SystemDisk:
    """The disk as it is."""

    def create(self, path: Path) -> int:
        make_folder(path.parent)
        return create(path)

    def reopen(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def write(self, file: int, content: bytes) -> int:
        return os.write(file, content)

    def sync(self, file: int) -> None:
        os.fdatasync(file)

    def truncate(self, file: int, size: int) -> None:
        os.ftruncate(file, size)

    def same(self, file: int, path: Path, size: int) -> bool:
        try:
            there = path.stat()
        except FileNotFoundError:
            return False
        here = os.fstat(file)
        return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev) and here.st_size >= size

    def close(self, file: int) -> None:
        os.close(file)

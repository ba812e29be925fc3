"""A few bytes of the disk, held so that the last line of a process finds room on a full one."""

import os
from contextlib import suppress
from pathlib import Path

LEAST, MOST = 4096, 65536


class Reserve:
    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self) -> None:
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._path.exists():
                disk = os.statvfs(self._path.parent)
                size = min(MOST, max(LEAST, disk.f_bavail * disk.f_frsize // 8 // LEAST * LEAST))
                self._path.write_bytes(b"\0" * size)
                self._path.chmod(0o600)

    def free(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

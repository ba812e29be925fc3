"""Sees when another process has changed the keys, at the cost of one `stat` a look."""

import os
from pathlib import Path

from lockgate.core.store import Keys, StoreError
from lockgate.stores.key_file import FILE, LIMIT, decode

_GONE = (0, 0, 0)


class KeyWatch:
    """Asked again and again by whoever owns the clock; twice a second is cheap (a `stat` is some microseconds)."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._seen: tuple[int, int, int] | None = None
        self.problem = ""
        """Why the file could not be read at the last look; empty when it could."""

    def poll(self) -> Keys | None:
        """The keys when they changed since the last look, None when not. The first look always gives them.

        A file that is gone means no keys. One that cannot be read or understood gives None, so that the last good keys
        stay in force, says so in `problem`, and is tried again at the next look.
        """
        try:
            return self._look()
        except FileNotFoundError:
            return self._changed(_GONE, b'{"keys":[]}')
        except (OSError, ValueError, StoreError) as error:
            self.problem = f"cannot read {self._path}: {error}"
            return None

    def _look(self) -> Keys | None:
        if _signature(self._path.stat()) == self._seen:
            return None
        with self._path.open("rb") as file:
            # The signature of the very file that is read: another may be put in its place at any moment.
            signature = _signature(os.fstat(file.fileno()))
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            raise ValueError(f"it is larger than {LIMIT} bytes")
        return self._changed(signature, content)

    def _changed(self, signature: tuple[int, int, int], content: bytes) -> Keys | None:
        if signature == self._seen:
            return None
        keys = decode(content)
        self._seen = signature
        self.problem = ""
        return keys


def _signature(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_size

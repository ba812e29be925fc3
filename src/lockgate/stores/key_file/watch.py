"""Sees when another process has changed the keys, at the cost of one `stat` a look."""

from pathlib import Path

from lockgate.core.store import StoreError
from lockgate.stores.key_file.document import FILE
from lockgate.stores.key_file.renew import table
from lockgate.stores.key_file.table import Table

_GONE = (0, 0, 0)


class KeyWatch:
    """Asked again and again by whoever owns the clock; twice a second is cheap (a `stat` is some microseconds)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._seen: tuple[int, int, int] | None = None
        self._table: Table | None = None
        self.problem = ""
        """Why the file could not be read at the last look; empty when it could."""

    def changed(self) -> bool:
        """Whether `poll` has something to do, which may then take a while."""
        return self._signature() != self._seen or self._broken

    def poll(self) -> Table | None:
        """The keys when they changed since the last look, None when not. The first look always gives them.

        A file that is gone means no keys. One that cannot be read or understood gives None, so that the last good keys
        stay in force, says so in `problem`, and is tried again at the next look.
        """
        if not self.changed():
            return None
        seen = self._signature()  # before it is read: what comes in between is seen at the next look
        try:
            self._table = table(self._folder, damaged=self._broken)
        except (OSError, ValueError, StoreError) as error:
            self.problem = f"cannot read {self._path}: {error}"
            return None
        self._seen, self.problem = seen, ""
        return self._table

    @property
    def _broken(self) -> bool:
        return self._table is not None and self._table.broken

    def _signature(self) -> tuple[int, int, int]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return _GONE
        except OSError:
            return -1, 0, 0
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

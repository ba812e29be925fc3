"""Sees when another process has changed the keys, at the cost of one `stat` a look."""

from pathlib import Path

from lockgate.core.store import KeyTable, StoreError
from lockgate.stores.key_file.document import FILE
from lockgate.stores.key_file.ended import FILE as ENDED
from lockgate.stores.key_file.ended import Less, ended
from lockgate.stores.key_file.renew import table
from lockgate.stores.key_file.table import Table

_GONE = (0, 0, 0)
_Signature = tuple[int, int, int]


class KeyWatch:
    """Asked again and again by whoever owns the clock; twice a second is cheap (a `stat` is some microseconds)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._ended_path = folder / ENDED
        self._seen: _Signature | None = None
        self._seen_ended: _Signature | None = None
        self._table: Table | None = None
        self._gone: dict[str, int] = {}
        self.problem = ""
        """Why the file could not be read at the last look; empty when it could."""

    def changed(self) -> bool:
        """Whether `poll` has something to do, which may then take a while."""
        return self._renewed() or self._signature(self._ended_path) != self._seen_ended

    def _renewed(self) -> bool:
        return self._signature(self._path) != self._seen or self._broken

    def poll(self) -> KeyTable | None:
        """The keys when they changed since the last look, None when not. The first look always gives them.

        What was ended just now is left out without a look at the rest. A file that is gone means no keys. One that cannot
        be read or understood says so in `problem`, and is tried again at the next look: the last good keys stay in force until
        then, but for those that ended since.
        """
        if not self.changed():
            return None
        # Before they are read: what comes in between is seen at the next look. Those that ended come first, for they are taken
        # out of their file only when the table says it.
        seen_ended, seen = self._signature(self._ended_path), self._signature(self._path)
        try:
            gone = ended(self._folder)
        except (OSError, ValueError) as error:
            self.problem = f"cannot read {self._ended_path}: {error}"
            return None
        try:
            if self._table is None or self._renewed():
                self._table, self._gone = table(self._folder, damaged=self._broken), {}
        except (OSError, ValueError, StoreError) as error:
            self.problem = f"cannot read {self._path}: {error}"
            if self._table is None or seen_ended == self._seen_ended:
                return None
        else:
            self._seen, self.problem = seen, ""
        self._seen_ended = seen_ended
        self._gone |= gone  # what left that file is in the keys by now, and those are perhaps not read yet
        return Less(self._table, dict(self._gone)) if self._gone else self._table

    @property
    def _broken(self) -> bool:
        return self._table is not None and self._table.broken

    def _signature(self, path: Path) -> _Signature:
        try:
            stat = path.stat()
        except FileNotFoundError:
            return _GONE
        except OSError:
            return -1, 0, 0
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

"""Sees that the configuration's file changed, and is whole: one that is being written is left alone until nobody writes."""

from collections.abc import Callable
from pathlib import Path

from lockgate.app.watch_files import Signature, signature


class ConfigWatch:
    """`changed` is called once for each change, when two looks in a row saw the same file."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        self._path, self._changed = path, changed
        self._known = self._last = signature(path)

    def look(self) -> None:
        now = signature(self._path)
        if now == self._last and now not in (self._known, _NOTHING):
            self._known = now
            self._changed()
        self._last = now

    def told(self) -> None:
        """Somebody else said so: what is there now is no news."""
        self._known = self._last = signature(self._path)


_NOTHING: Signature = (0, 0, 0)
"""A file that is not there: editors take the old one away before they put the new one in its place."""

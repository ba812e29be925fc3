"""What ways in have fetched, kept in the data folder for the other workers of this machine and for those to come."""

import hashlib
import logging
import os
import threading
import time
from pathlib import Path
from typing import final

from lockgate.core.store import StoreError
from lockgate.stores.key_file import files

log = logging.getLogger("lockgate.auth")

AHEAD_SECONDS = 60.0
"""What is from later than that is from a clock that was wrong, and nobody knows how old it is."""


@final
class Shelf:
    """A file for each name, under the data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "issuers"

    def taken(self, name: str) -> tuple[bytes, float] | None:
        try:
            with self._path(name).open("rb") as file:
                age = time.time() - os.fstat(file.fileno()).st_mtime
                content = file.read()
        except OSError:
            return None
        return (content, max(0.0, age)) if age > -AHEAD_SECONDS else None

    def put(self, name: str, content: bytes) -> None:
        """Nobody waits for the disk."""
        try:
            threading.Thread(target=self._put, args=(name, content), name="shelf", daemon=True).start()
        except RuntimeError as error:  # there is no thread left
            log.warning("what was fetched is not kept for later: %s", error)

    def _put(self, name: str, content: bytes) -> None:
        try:
            files.make_folder(self._folder)
            files.write_whole(self._path(name), content)
        except StoreError as error:
            log.warning("what was fetched is not kept for later: %s", error)

    def _path(self, name: str) -> Path:
        return self._folder / hashlib.sha256(name.encode()).hexdigest()

"""The table that belongs to `keys.json`: opened where it is the right one, made anew where it is not."""

import logging
import os
from pathlib import Path

from lockgate.core.store import StoreError
from lockgate.stores.key_file import document
from lockgate.stores.key_file.document import LIMIT
from lockgate.stores.key_file.files import draft, locked, put
from lockgate.stores.key_file.table import FILE, Source, Table, built

LOCK = "keys.lock"
NONE = Source(b"", 0, 0, 0)
"""What a table of no keys is made from: there is no `keys.json`."""

_log = logging.getLogger("lockgate.keys")


def table(folder: Path, *, damaged: bool = False) -> Table:
    """The keys as `keys.json` has them now. `OSError`, `ValueError` and `StoreError` when that cannot be read.

    May take some seconds for a million keys whose table is missing or of another `keys.json`; or `damaged`, as a look-up
    found.
    """
    path = folder / document.FILE
    if not path.exists():
        return Table.of((), NONE)
    if damaged:
        _log.error("%s is made anew: a look-up found it damaged", folder / FILE)
    if not damaged and (found := _fitting(folder)) is not None:
        return found
    try:
        with locked(folder / LOCK):  # somebody may be writing both just now
            return (None if damaged else _fitting(folder)) or _anew(folder)
    except StoreError as error:
        _log.warning("the table of keys is kept in memory: %s", error)
        return _made(path)


def source(path: Path, sha256: bytes) -> Source:
    stat = path.stat()
    return Source(sha256, stat.st_mtime_ns, stat.st_ino, stat.st_size)


def _fitting(folder: Path) -> Table | None:
    """The table if it is whole and of this `keys.json`: of the very file, or of one with the same content."""
    path = folder / document.FILE
    try:
        found = Table.opened(folder / FILE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.warning("%s is made anew: %s", folder / FILE, error)
        return None
    there = source(path, b"").file()
    if found.source.file() == there:
        return found
    return found if found.source.size == there[2] and found.source.sha256 == document.digest(path) else None


def _anew(folder: Path) -> Table:
    path = folder / document.FILE
    rows, made_from = _read(path)
    put(draft(folder / FILE, built(rows, made_from)), folder / FILE)
    return Table.opened(folder / FILE)


def _made(path: Path) -> Table:
    rows, made_from = _read(path)
    return Table.of(rows, made_from)


def _read(path: Path) -> tuple[list[tuple[bytes, bytes]], Source]:
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())  # of the very file that is read: another may be put in its place at any moment
        raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise ValueError(f"it is larger than {LIMIT} bytes")
    made_from = Source(document.digest_of([raw]), stat.st_mtime_ns, stat.st_ino, stat.st_size)
    return list(document.rows(raw)), made_from

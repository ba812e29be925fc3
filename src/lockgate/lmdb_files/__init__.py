"""Files of LMDB that are not flushed: opened so that one which lost its end is an error, and not the end of the process."""

import os
from pathlib import Path

import lmdb


def opened(folder: Path, *, size: int, tables: int = 0, readonly: bool = False) -> lmdb.Environment:
    """`lmdb.Error` or `OSError` when it cannot be. A process has each file open at most once.

    A machine that died may have kept the first pages, and not the last ones that they name. Whoever reads behind the end of
    a file that is mapped is killed; pages without anything in them are only no pages of LMDB's.
    """
    environment = lmdb.open(str(folder), map_size=size, max_dbs=tables, readonly=readonly, sync=False, mode=0o600)
    try:
        _reach(folder / "data.mdb", (environment.info()["last_pgno"] + 1) * environment.stat()["psize"])
    except BaseException:
        environment.close()
        raise
    return environment


def _reach(file: Path, end: int) -> None:
    """Never shortens it: others may write there now."""
    if 0 < file.stat().st_size < end:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.posix_fallocate(descriptor, end - 1, 1)
        finally:
            os.close(descriptor)

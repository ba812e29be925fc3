"""When each key was last used: kept beside the keys by all workers, coarse, and never waited for."""

from collections.abc import Mapping
from pathlib import Path

from lockgate.core.store import StoreError

MAP_BYTES = 1024 * 1024 * 1024
"""Room for some ten million keys. The file is as large as what is in it."""


def record(folder: Path, uses: Mapping[str, int]) -> None:
    """Keeps the latest time (seconds since 1970) of each key. Raises `StoreError`. A process does this in one thread."""
    import lmdb  # noqa: PLC0415  only once a key was used

    from lockgate import lmdb_files  # noqa: PLC0415  as above

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            lmdb_files.opened(folder, size=MAP_BYTES) as environment,
            environment.begin(write=True) as transaction,
        ):
            for key_id, when in uses.items():
                name, time = key_id.encode(), when.to_bytes(8)
                if bytes(transaction.get(name) or b"") < time:
                    transaction.put(name, time)
    except (lmdb.Error, OSError) as error:
        raise StoreError(f"cannot write {folder}: {error}") from error


def last_uses(folder: Path) -> Mapping[str, int]:
    """Of every key that was ever used. Nothing when nothing was written yet."""
    if not (folder / "data.mdb").exists():
        return {}
    import lmdb  # noqa: PLC0415  as above

    from lockgate import lmdb_files  # noqa: PLC0415  as above

    try:
        with (
            lmdb_files.opened(folder, size=MAP_BYTES, readonly=True) as environment,
            environment.begin() as transaction,
        ):
            return {bytes(name).decode(): int.from_bytes(time) for name, time in transaction.cursor()}
    except (lmdb.Error, OSError) as error:
        raise StoreError(f"cannot read {folder}: {error}") from error

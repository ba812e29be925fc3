"""Limits of one machine, in a file that its processes share: no server, nothing to set up."""

from pathlib import Path
from typing import ClassVar, Literal

from lockgate.core.limit import LimitStore
from lockgate.core.limit_store import LimitStoreConfig, Place


class plugin(LimitStoreConfig, frozen=True, tag="lmdb"):
    """Counts in a file under the data folder. The default."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def prepare(self, folder: Path) -> None:
        from lockgate.limits.lmdb.table import Table  # noqa: PLC0415

        Table(folder / "limits").close(last=False)

    def build(self, place: Place) -> LimitStore:
        # Only a gateway that has limits needs the library.
        from lockgate.limits.lmdb.store import LmdbLimits  # noqa: PLC0415
        from lockgate.limits.lmdb.table import Table  # noqa: PLC0415

        return LmdbLimits(Table(place.folder / "limits"), place.owner, place.now)

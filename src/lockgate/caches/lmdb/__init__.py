"""Answers of one machine, in a file that its workers share."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.cache import CacheStore, CacheStoreConfig, Place


class plugin(CacheStoreConfig, frozen=True, tag="lmdb"):
    """Keeps answers in a file under the data folder. The default."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    max_mb: Annotated[int, Meta(ge=16, le=65536, description="The most that is kept; the oldest leave first.")] = 256

    def build(self, place: Place) -> CacheStore:
        from lockgate.caches.lmdb.store import LmdbCache  # noqa: PLC0415  only a gateway that caches needs the library

        return LmdbCache(place.folder / "cache", self.max_mb * 1024 * 1024)

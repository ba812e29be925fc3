"""The sink `file`: numbered segments in the data folder, flushed to the disk with every batch."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.duration import Duration, seconds
from lockgate.core.sink import Place, Sink, SinkConfig
from lockgate.sinks.file.disk import SystemDisk
from lockgate.sinks.file.sink import Limits, Segments


class plugin(SinkConfig, frozen=True, tag="file"):
    """Settings of the segments."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    segment_bytes: Annotated[int, Meta(ge=4096, le=1 << 34, description="A segment of this size is closed.")] = 64 << 20
    segment_age: Duration = "1d"
    pack: bool = True

    def check(self) -> None:
        if seconds(self.segment_age) < 1:
            raise ValueError("`segment_age` is at least 1s")

    def build(self, place: Place) -> Sink:
        limits = Limits(self.segment_bytes, seconds(self.segment_age), pack=self.pack)
        return Segments(place.folder, place.writer, limits, place.now, SystemDisk())

"""The sink `syslog`: each line a message of RFC 5424, over a Unix socket, UDP or TCP."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.sink import Place, Sink, SinkConfig
from lockgate.sinks.syslog.channel import Channel, channel
from lockgate.sinks.syslog.sink import Syslog


class plugin(SinkConfig, frozen=True, tag="syslog"):
    """Where the collector listens, and what the messages say they are."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    address: Annotated[str, Meta(max_length=300, description="unix:///dev/log, udp://HOST:514 or tcp://HOST:601.")] = (
        "unix:///dev/log"
    )
    facility: Annotated[int, Meta(ge=0, le=23, description="13 is the log of audits.")] = 13

    def check(self) -> None:
        channel(self.address)

    def build(self, place: Place) -> Sink:
        return Syslog(self._channel(), place.writer, self.facility)

    def _channel(self) -> Channel:
        return channel(self.address)

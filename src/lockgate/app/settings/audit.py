"""`audit`: how safe a record is before a request goes on, and where records go."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from msgspec import Meta

from lockgate.app.settings.health import positive
from lockgate.app.settings.section import Settings
from lockgate.core.duration import Duration
from lockgate.core.registry import configs
from lockgate.core.sink import SinkConfig
from lockgate.sinks.file import plugin as file_sink

AnySink: Any = reduce(or_, configs("lockgate.sinks", SinkConfig).values())
"""The settings of any sink there is, told apart by `kind`."""


class WitnessSettings(Settings, frozen=True):
    """Where checkpoints go that somebody else keeps: a file on another machine's disk, or an address that takes a POST."""

    file: Annotated[str, Meta(min_length=1, max_length=4096, description="Checkpoints are appended to it.")] | None = (
        None
    )
    url: Annotated[str, Meta(min_length=1, max_length=2048, description="Checkpoints are posted to it.")] | None = None

    def __post_init__(self) -> None:
        if (self.file is None) == (self.url is None):
            raise ValueError("either `file` or `url`, and not both")


class AuditSettings(Settings, frozen=True):
    """How safe a record is before a request goes on, and where records go."""

    durability: Literal["strict", "batched"] = "strict"
    patience: Duration = "250ms"
    sinks: Annotated[tuple[AnySink, ...], Meta(min_length=1, max_length=8)] = (file_sink(),)
    required: Annotated[int, Meta(ge=1, le=8, description="How many of the sinks have to take a record.")] = 1
    checkpoint: Duration = "10s"
    hashes: Annotated[bool, Meta(description="Hashes of bodies in every record.")] = False
    witness: WitnessSettings | None = None

    def __post_init__(self) -> None:
        positive({"patience": self.patience, "checkpoint": self.checkpoint})

"""`overload`: who is served when not everybody can be."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.rank import RANKS, Rank
from lockgate.core.store import MetadataName

RankName = Literal["free", "paid", "critical"]


class OverloadSettings(Settings, frozen=True):
    """Who is served when not everybody can be."""

    adaptive: Annotated[
        bool, Meta(description="Refuse what cannot be served in time; without it everything waits for its turn.")
    ] = True
    priority: Annotated[
        MetadataName, Meta(description="The field of a key's metadata that holds its class: free, paid or critical.")
    ] = "priority"
    default: Annotated[RankName, Meta(description="The class of keys that have none.")] = "paid"
    memory_mb: (
        Annotated[
            int, Meta(ge=32, le=1 << 24, description="Memory for all processes; left out, what the system gives.")
        ]
        | None
    ) = None

    @property
    def rank(self) -> Rank:
        return RANKS[self.default]

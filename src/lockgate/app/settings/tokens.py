"""`tokens`: where values are that went out as tokens, for how long, and who gets them back."""

from functools import reduce
from operator import or_
from typing import Annotated, Any

from msgspec import Meta

from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Settings
from lockgate.core.duration import Duration
from lockgate.core.registry import configs
from lockgate.core.tokens import TokenStoreConfig
from lockgate.pipeline.conversation import SESSIONS

_STORES = configs("lockgate.token_stores", TokenStoreConfig)
AnyTokenStore: Any = reduce(or_, _STORES.values())
"""The settings of any store there is, told apart by `kind`."""
SessionHeader = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="A header's name in small letters.")
]
ToolName = Annotated[
    str, Meta(min_length=1, max_length=128, description="A tool's name; `*` stands for any characters.")
]


class TokenSettings(Settings, frozen=True):
    """`key` seals what is kept: 32 random bytes in base64; while it changes, two of them, the new one first.

    Left out, it is a file of the data folder.
    """

    key: SecretRef | None = None
    ttl: Duration = "30d"
    session_headers: Annotated[tuple[SessionHeader, ...], Meta(max_length=8)] = tuple(
        name.decode() for name in SESSIONS
    )
    max_values: Annotated[int, Meta(ge=1, le=10_000_000)] = 100_000
    max_mb: Annotated[int, Meta(ge=1, le=4096)] = 64
    restore_tools: tuple[ToolName, ...] = ("*",)
    store: AnyTokenStore = _STORES["lmdb"]()

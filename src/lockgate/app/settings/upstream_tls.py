"""`providers.NAME.tls`: how an upstream has to prove who it is, and how we prove who we are."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.app.settings.tls import File

Pin = Annotated[
    str,
    Meta(pattern=r"^sha256//[A-Za-z0-9+/]{43}=$", description="The SHA-256 of a public key, as curl's --pinnedpubkey."),
]


class UpstreamTlsSettings(Settings, frozen=True):
    """What is asked of an upstream besides. A certificate that nobody vouches for is never accepted."""

    ca: File | None = None
    client_cert: File | None = None
    client_key: File | None = None
    pins: Annotated[tuple[Pin, ...], Meta(max_length=16)] = ()

    def __post_init__(self) -> None:
        if (self.client_cert is None) != (self.client_key is None):
            raise ValueError("`client_cert` and `client_key` together")

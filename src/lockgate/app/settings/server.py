"""`server`: where Lockgate listens, and how much it takes."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from lockgate.app.settings.headers import CorsSettings
from lockgate.app.settings.section import Settings
from lockgate.app.settings.tls import ListenerTls, TlsSettings
from lockgate.core.access import Network

HostName = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])$",
        description="A host's name or address, without a port.",
    ),
]


class ServerSettings(Settings, frozen=True):
    """Where Lockgate listens, and how much it takes."""

    listen: Annotated[str, Meta(description="The data plane's HOST:PORT; port 0 is any free one.")] = "127.0.0.1:8080"
    admin: Annotated[str, Meta(description="HOST:PORT of health, metrics and administration.")] = "127.0.0.1:8081"
    ips: (
        Annotated[tuple[Network, ...], Meta(description="From where clients may ask; left out, from anywhere.")] | None
    ) = None
    deny_ips: Annotated[tuple[Network, ...], Meta(description="From where nobody may ask, whatever allows it.")] = ()
    allowed_hosts: Annotated[tuple[HostName, ...], Meta(description="Names that `Host` may have; none: any.")] = ()
    trusted_proxies: Annotated[
        tuple[Network, ...], Meta(description="Proxies whose `X-Forwarded-For` and `-Proto` are believed.")
    ] = ()
    cors: CorsSettings | None = None
    workers: Annotated[int, Meta(ge=1, le=256, description="Processes that serve.")] = 1
    max_body_bytes: Annotated[int, Meta(ge=1024, le=1 << 30, description="The largest request body.")] = (
        10 * 1024 * 1024
    )
    watch: Annotated[bool, Meta(description="Read this file again when it changes.")] = True
    drain_seconds: Annotated[float, Meta(ge=0, le=3600, description="How long streams may finish after SIGTERM.")] = (
        30.0
    )
    drain_delay_seconds: Annotated[
        float,
        Meta(ge=0, le=300, description="How long requests are still served after SIGTERM, while `/readyz` says no."),
    ] = 0.0
    tls: ListenerTls = None
    """Of the data plane, and of the admin listener when it has none of its own."""
    admin_tls: ListenerTls = None

    @property
    def tls_of_admin(self) -> ListenerTls:
        """The data plane's certificate also serves there; its client certificates are for its own clients only."""
        if self.admin_tls is None and isinstance(self.tls, TlsSettings):
            return replace(self.tls, client_ca=None, crl=None)
        return self.admin_tls or self.tls

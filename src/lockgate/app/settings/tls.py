"""`tls` of a listener: its certificate, and whether clients show one."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings

File = Annotated[
    str, Meta(min_length=1, max_length=4096, description="A PEM file, beside this one when it is relative.")
]


class TlsSettings(Settings, frozen=True):
    """A listener's certificate. Files are read again when they change."""

    advice = "`self-signed`, or a mapping with `cert` and `key`"

    cert: File
    key: File
    client_ca: File | None = None
    client_certificates: Literal["required", "optional"] = "required"
    crl: File | None = None
    min_version: Literal["1.2", "1.3"] = "1.2"

    def __post_init__(self) -> None:
        if self.crl is not None and self.client_ca is None:
            raise ValueError("`client_ca` beside `crl`: a revocation list is about the certificates of clients")


ListenerTls = TlsSettings | Literal["self-signed"] | None

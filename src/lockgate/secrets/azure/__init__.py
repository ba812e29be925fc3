"""`{azure: {vault: …, secret: …}}`: Azure Key Vault."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lockgate.core.secret_source import PathName, PlainRef, SecretSource, Surroundings

Vault = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]|https?://[!-~]+)$",
        max_length=300,
        description="A vault's name, or its URL.",
    ),
]
Word = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,128}$")]


class AzureRef(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret there, or one field of it.

    `identity` is who asks: an application with a secret (`client`; `tenant`, `client_id` and `client_secret`, or
    AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET), or with a `certificate` (the same name, or
    AZURE_CLIENT_CERTIFICATE_PATH); the pod's workload identity (`workload`); the machine's or
    service's own (`managed`, with `client_id` where it has several). `ca`: roots of its own.
    """

    vault: Vault
    secret: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,127}$", description="A secret's name.")]
    version: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")] | None = None
    field: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    identity: Literal["client", "certificate", "workload", "managed"] = "client"
    tenant: Word | None = None
    client_id: Word | None = None
    client_secret: PlainRef | None = None
    certificate: PathName | None = None
    ca: PathName | None = None

    def __post_init__(self) -> None:
        if self.identity != "client" and self.client_secret is not None:
            raise ValueError("either a `client_secret`, or another `identity`")
        if self.identity != "certificate" and self.certificate is not None:
            raise ValueError("a `certificate` goes with `identity: certificate`")
        if self.identity == "managed" and self.tenant is not None:
            raise ValueError("a managed identity has the tenant that it has")


def _open(ref: AzureRef, around: Surroundings) -> str:
    from lockgate.secrets.azure.client import read  # noqa: PLC0415  only where there are such secrets

    return read(ref, around)


def _files(ref: AzureRef, folder: Path) -> tuple[Path, ...]:
    return () if ref.certificate is None else (folder / ref.certificate,)


def _asked(ref: AzureRef, environ: Mapping[str, str]) -> str:
    return ref.vault if "://" in ref.vault else ""


plugin = SecretSource(
    name="azure",
    setting=AzureRef,
    example="{azure: {vault: NAME, secret: NAME}}",
    open=_open,
    asked=_asked,
    files=_files,
)

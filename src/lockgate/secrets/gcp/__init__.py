"""`{gcp: {secret: …}}`: Google Cloud Secret Manager."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lockgate.core.secret_source import PathName, SecretSource, Surroundings

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
Project = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.:-]{1,62}$", description="A project's id or number.")]
Url = Annotated[str, Meta(pattern=r"^https?://[!-~]+$", max_length=300)]


class GcpRef(Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a secret there, or one field of it. `project` may be left out where the key file says it.

    `identity` is who asks: a service account with a `key` file (or GOOGLE_APPLICATION_CREDENTIALS), or that of the machine
    (`metadata`). `location` is of a regional secret. `endpoint`: another server's URL. `ca`: roots of its own.
    """

    secret: Name
    project: Project | None = None
    version: Annotated[str, Meta(pattern=r"^(latest|[0-9]{1,10}|[A-Za-z][A-Za-z0-9_-]{0,62})$")] = "latest"
    field: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    location: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,40}$")] | None = None
    identity: Literal["key", "metadata"] = "key"
    key: PathName | None = None
    endpoint: Url | None = None
    ca: PathName | None = None

    def __post_init__(self) -> None:
        if self.key is not None and self.identity == "metadata":
            raise ValueError("either a `key` file, or `identity: metadata`")


def _open(ref: GcpRef, around: Surroundings) -> str:
    from lockgate.secrets.gcp.client import read  # noqa: PLC0415  only where there are such secrets

    return read(ref, around)


def _files(ref: GcpRef, folder: Path) -> tuple[Path, ...]:
    return () if ref.key is None else (folder / ref.key,)


def _asked(ref: GcpRef, environ: Mapping[str, str]) -> str:
    return ref.endpoint or ""


plugin = SecretSource(
    name="gcp", setting=GcpRef, example="{gcp: {secret: NAME}}", open=_open, asked=_asked, files=_files
)

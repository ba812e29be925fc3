"""`{vault: {path: …}}`: HashiCorp Vault, the KV engine in its second version."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from lockgate.core.secret_source import PathName, PlainRef, SecretSource, Surroundings

Segment = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$", max_length=512)
]


class VaultRef(Struct, frozen=True, forbid_unknown_fields=True):
    """A field of a secret in Vault. `address` may be left out where VAULT_ADDR is set, `token` where VAULT_TOKEN is.

    Instead of a token: `role_id` and `secret_id`, for the AppRole method at `approle`. `ca`: roots of its own.
    """

    path: Segment
    field: Annotated[str, Meta(min_length=1, max_length=256)] = "value"
    mount: Segment = "secret"
    address: Annotated[str, Meta(pattern=r"^https?://[!-~]+$", max_length=2048)] | None = None
    namespace: Segment | None = None
    token: PlainRef | None = None
    role_id: Annotated[str, Meta(pattern=r"^[!-~]+$", max_length=256)] | None = None
    secret_id: PlainRef | None = None
    approle: Segment = "approle"
    ca: PathName | None = None

    def __post_init__(self) -> None:
        if (self.role_id is None) != (self.secret_id is None):
            raise ValueError("`role_id` and `secret_id` together")
        if self.token is not None and self.role_id is not None:
            raise ValueError("either `token`, or `role_id` and `secret_id`")


def _open(ref: VaultRef, around: Surroundings) -> str:
    from lockgate.secrets.vault.client import read  # noqa: PLC0415  only where there is a Vault

    return read(ref, around)


def address(ref: VaultRef, environ: Mapping[str, str]) -> str:
    return ref.address or environ.get("VAULT_ADDR", "")


plugin = SecretSource(name="vault", setting=VaultRef, example="{vault: {path: PATH}}", open=_open, asked=address)

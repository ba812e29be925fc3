"""Where a secret comes from. The secret itself is never in the configuration."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct


class SecretRef(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a secret comes from: an environment variable, or a file (beside the configuration when it is relative)."""

    advice: ClassVar[str] = (
        "where the secret comes from, {env: NAME} or {file: PATH}; a secret is never written into this file"
    )
    hidden: ClassVar[bool] = True

    env: (
        Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$", description="An environment variable.")] | None
    ) = None
    file: Annotated[str, Meta(min_length=1, max_length=4096, description="A file that holds nothing else.")] | None = (
        None
    )

    def __post_init__(self) -> None:
        if (self.env is None) == (self.file is None):
            raise ValueError("either `env` or `file`, and not both")

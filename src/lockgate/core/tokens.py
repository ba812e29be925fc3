"""What a store of tokens has to do: keep sealed conversations under names, and let nobody overwrite what he has not seen.

A store never learns what it keeps: names are keyed hashes, and what lies under them is sealed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from msgspec import Struct

from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

Style = Literal["label", "format"]
"""What a token looks like: `<EMAIL_1>`, or another value of the same form that belongs to nobody."""


class Share(Struct, frozen=True):
    """Whose a conversation is, how many values it holds, and the most that he may have in all of his. `owner` is a keyed hash."""

    owner: bytes
    values: int
    most_values: int
    most_bytes: int


class ShareFull(Exception):
    """The owner has as much as he may. Nothing was written."""


class TokenStore(Protocol):
    """Both methods raise `StoreError` when the store cannot be used."""

    async def read(self, name: bytes) -> bytes | None:
        """What lies under the name; None when nothing does, or it is over."""
        ...

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        """In one step: `sealed` lies there for so long, if what lies there now is still `seen`; otherwise False.

        Raises `ShareFull` when the `share` would be exceeded by more than is there already. What is over counts for nobody,
        at the latest when there would be no room with it.
        """
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """What a store is built with: the data folder, and the secrets that settings refer to. `now` is for tests: seconds since 1970."""

    folder: Path
    secrets: Mapping[SecretRef, Secret] = field(default_factory=dict)
    now: Callable[[], float] | None = None


class TokenStoreConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every store's settings."""

    status: ClassVar[Literal["stable", "experimental"]]
    remote: ClassVar[bool] = False
    """Others may share it, or read what lies there: then the key is not one that this machine made for itself."""

    def build(self, place: TokenPlace) -> TokenStore:
        """In the process that uses it. Raises `StoreError` only for what waiting cannot mend."""
        raise NotImplementedError

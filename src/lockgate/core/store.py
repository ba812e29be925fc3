"""Where client keys are kept between one command and the next."""

from collections.abc import Callable
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from lockgate.core.access import Access
from lockgate.core.key_digest import Peppers

Keys = tuple["StoredKey", ...]
MetadataName = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9._-]{0,63}$", description="Small letters, digits, `.`, `_` and `-`.")
]
MetadataValue = Annotated[
    str, Meta(pattern=r"^[!-~]([ -~]{0,254}[!-~])?$", description="Visible ASCII, at most 256 characters.")
]


class StoredKey(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A key without its secret. Times are whole seconds since 1970; None is never.

    `digest` is the secret's HMAC; `rotated_from` is the id of the key that this one takes over from. `access` narrows
    what the team may; without `roles` its caller is a developer. `pepper` is the id of the pepper that the digest was made under.
    """

    id: str
    name: str
    team: str
    digest: str
    created: int
    expires: int | None = None
    revoked: int | None = None
    rotated_from: str = ""
    user: str = ""
    roles: tuple[str, ...] = ()
    metadata: dict[MetadataName, MetadataValue] = {}
    access: Access | None = None
    pepper: str = ""

    def live(self, now: float) -> bool:
        """Whether it opens the door at this moment. A key ends at its `expires`, not after it."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class StoreError(Exception):
    """The store cannot be read or written. The text says what and where, and never a secret."""


class KeyTable(Protocol):
    """The keys of one moment, looked up one at a time: what it costs does not grow with their number."""

    def get(self, digest: str) -> StoredKey | None:
        """The key with this digest of its secret. `StoreError` when that cannot be known now: not the same as None."""
        ...


class KeyStore(Protocol):
    """A list of keys that several processes may change. Raises `StoreError`."""

    def read(self) -> Keys: ...

    def change(self, edit: Callable[[Keys], Keys]) -> Keys:
        """Reads, edits and writes as one step that no other process sees half of. What `edit` raises changes nothing."""
        ...

    def end(self, key_id: str, now: int) -> None:
        """Ahead of a `change` that revokes it, which may take a while: nobody is let in with it from now on."""
        ...


class PepperStore(Protocol):
    """Where the peppers are kept that all digests are made under. Each is one step for all processes; raises `StoreError`."""

    def turn(self, check: Callable[[Peppers], None]) -> Peppers:
        """A new pepper, and the one that was there as the previous one. What `check` raises of those there are changes nothing."""
        ...

    def drop(self, edit: Callable[[Keys, Peppers], Keys]) -> None:
        """The previous pepper is gone, and keys are as `edit` says. What it raises changes nothing."""
        ...

"""Answers that are kept and given again: what a model says about it, and where they are kept."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from msgspec import Struct

from lockgate.core.answer import Usage
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

Sharing = Literal["key", "team"]


class CachePolicy(Struct, frozen=True):
    """What a model keeps. `seconds` an answer is given again; `shared` by whom.

    `tools`: requests that offer tools, too; `warm`: those that ask for chance (a temperature above 0, or none at all), too.
    `largest` is the most bytes of an answer.
    """

    seconds: float
    shared: Sharing = "key"
    tools: bool = False
    warm: bool = False
    largest: int = 256 * 1024


class Kept(Struct, frozen=True, array_like=True):
    """An answer as its client got it. `at` is in seconds since 1970, `cost` in attodollars, as text; empty is unknown.

    `shown`: the stream had token counts. `array`: it was a JSON array. `upstream` (a provider, and the model there) gave it; `lost` could not be said.
    """

    at: float
    body: bytes
    stream: bool
    shown: bool
    array: bool
    upstream: str
    usage: Usage | None
    cost: str
    lost: tuple[str, ...]


class Answers(Protocol):
    """Kept answers, sealed: who can read the store learns nothing, and who can write to it can put nothing in."""

    def key(self, material: bytes) -> bytes:
        """32 bytes, a keyed hash."""
        ...

    async def get(self, key: bytes) -> Kept | None: ...
    def put(self, key: bytes, kept: Kept, seconds: float) -> None: ...
    async def read(self, key: bytes) -> bytes | None:
        """As `get`, for what `write` put there."""
        ...

    def write(self, key: bytes, value: bytes, seconds: float) -> None: ...


class CacheStore(Protocol):
    """Bytes under keys of 32 bytes, for a while. May forget whatever it likes, and never fails a request."""

    def get(self, key: bytes) -> "bytes | None | Awaitable[bytes | None]":
        """What was put there and is in time. None also when the store is away."""
        ...

    def put(self, key: bytes, value: bytes, seconds: float) -> None:
        """Returns at once; nobody hears whether it was kept."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What a store is built with: the data folder, and the secrets that settings refer to."""

    folder: Path
    secrets: Mapping[SecretRef, Secret] = field(default_factory=dict)


class CacheStoreConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every store's settings."""

    status: ClassVar[Literal["stable", "experimental"]]

    def build(self, place: Place) -> CacheStore:
        raise NotImplementedError

"""What a kind of store of limits brings: its settings, and how a process gets what is kept in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from msgspec import Struct

from lockgate.core.limit import LimitStore
from lockgate.core.nonce import Nonces
from lockgate.core.notice import Board
from lockgate.core.repeat import RepeatRows
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef


@dataclass(frozen=True, slots=True)
class Place:
    """What a store is built with. `folder` is the data folder; `owner` is a name that no other process has or had.

    `secrets` are those that settings refer to, as they are now: whoever needs one again looks again. `now` replaces the store's own clock, in microseconds since 1970: for tests, and for nothing else.
    """

    folder: Path
    owner: str
    now: Callable[[], int] | None = None
    secrets: Mapping[SecretRef, Secret] = field(default_factory=dict)


class LimitStoreConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every store's settings."""

    status: ClassVar[Literal["stable", "experimental"]]

    def prepare(self, folder: Path) -> None:
        """Called once, before any process opens the store: by one that will not. Raises `StoreError`."""

    remote: ClassVar[bool] = False
    """It may be away while the gateway is well: then slices of budgets are held in advance."""

    def gateways(self) -> int:
        """How many share it. While it is away, each counts its share."""
        return 1

    def nonces(self, place: Place) -> Nonces | None:
        """The memory against replays of all that share it; None where each machine has its own."""
        return None

    def repeats(self, place: Place, most: int) -> RepeatRows | None:
        """Where answers to idempotency keys lie for all that share it, at most so many bytes; None as for nonces."""
        return None

    def board(self, place: Place) -> Board | None:
        """Where all that share it tell each other of upstreams; None where there is nobody to tell."""
        return None

    def build(self, place: Place) -> LimitStore:
        """In the process that uses it. Raises `StoreError` only for what waiting cannot mend."""
        raise NotImplementedError

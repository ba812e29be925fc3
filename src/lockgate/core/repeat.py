"""Requests that are the same: what a client's `Idempotency-Key` is held against, and the answers that repeats of it get."""

from typing import Literal, Protocol

from msgspec import Struct


class Given(Struct, frozen=True, array_like=True):
    """An answer as it was given to the first of them. `lost` could not be said in the other dialect."""

    status: int
    media: bytes
    body: bytes
    lost: tuple[str, ...] = ()


Claim = Given | Literal["mine", "running", "other"]
"""The answer that was given; or whose turn it is: ours, somebody else's now, or the name is another request's."""


class Name(Struct, frozen=True, gc=False):
    """`place` is where it lies; `seal` opens it, and only who knows the client's key can make it."""

    place: bytes
    seal: bytes


class Repeats(Protocol):
    """Names with what became of their requests, for all workers of a machine. Raises `StoreError` when it cannot be used."""

    seconds: float
    """How long an answer is given again."""
    largest: int
    """Bytes of an answer that is kept."""

    def name(self, material: bytes) -> Name: ...
    def claim(self, name: Name, print_: bytes) -> Claim:
        """What is "mine" is nobody else's until it is kept, dropped, or not renewed for LEASE seconds."""
        ...

    def renew(self, name: Name) -> None: ...
    def keep(self, name: Name, print_: bytes, given: Given) -> None: ...
    def drop(self, name: Name) -> None:
        """It came to nothing: the next one begins anew."""
        ...


LEASE = 15.0
RENEWED = 5.0

"""Requests that are the same: what a client's `Idempotency-Key` is held against, and the answers that repeats of it get."""

from typing import Literal, Protocol

from msgspec import Struct


class Given(Struct, frozen=True, array_like=True):
    """An answer as it was given to the first of them. `lost` could not be said in the other dialect."""

    status: int
    media: bytes
    body: bytes
    lost: tuple[str, ...] = ()


Turn = Literal["mine", "running", "other"]
"""Whose it is: ours, somebody else's now, or the name is another request's."""
Claim = Given | Turn
"""The answer that was given, or whose turn it is."""


class Name(Struct, frozen=True, gc=False):
    """`place` is where it lies, and `mark` what the request's print is kept under. `seal` opens the answer: only who knows
    the client's key can make it, and only where the answer would be let through by the same policy.
    """

    place: bytes
    mark: bytes
    seal: bytes


class Repeats(Protocol):
    """Names with what became of their requests, for all who share them. Raises `StoreError` when it cannot be used."""

    largest: int
    """Bytes of an answer that is kept."""

    def name(self, material: bytes, policy: bytes) -> Name:
        """`material` is the caller and the client's key, `policy` what an answer has to pass now."""
        ...

    async def claim(self, name: Name, print_: bytes) -> Claim:
        """What is "mine" is nobody else's until it is kept, dropped, or not renewed for LEASE seconds.

        So is what was answered under another policy.
        """
        ...

    async def renew(self, name: Name) -> None: ...
    async def keep(self, name: Name, given: Given) -> None: ...
    async def drop(self, name: Name) -> None:
        """It came to nothing: the next one begins anew."""
        ...


class RepeatRows(Protocol):
    """Where they lie: it never learns what it keeps. One object is one owner. Raises `StoreError` as above.

    `place` and `print_` are 32 bytes each; an answer begins with NONCE bytes that no other has.
    """

    async def claim(self, place: bytes, print_: bytes, useless: bytes = b"") -> bytes | Turn:
        """In one step: the sealed answer, or whose turn it is. One that begins with `useless` counts for nothing."""
        ...

    async def renew(self, place: bytes) -> None:
        """LEASE seconds more, if it is the owner's."""
        ...

    async def keep(self, place: bytes, sealed: bytes, seconds: float) -> None:
        """The answer, for so long, if it is the owner's and not answered."""
        ...

    async def drop(self, place: bytes) -> None:
        """The next one begins anew, if it is the owner's and not answered."""
        ...

    async def aclose(self) -> None: ...


LEASE = 15.0
RENEWED = 5.0
NONCE = 12

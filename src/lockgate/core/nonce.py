"""Things that may happen once: the port of the memory against replays, shared by all workers."""

from typing import Protocol


class Nonces(Protocol):
    """Remembers for a while what it was told."""

    async def begin(self, now: float) -> None:
        """A memory that is new remembers from now on. Raises `Problem` NO_AUTH as `first` does."""
        ...

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        """Whether nobody, in any worker, said this before; it is remembered at least `until` then.

        `nonce` is of any length; times are seconds since 1970; `made` is when the caller says that it was made: what is
        older than the memory itself cannot be told from a replay and is not the first. Raises `Problem` NO_AUTH when the
        memory is full or cannot be used.
        """
        ...

    async def aclose(self) -> None: ...

"""Around every call to a Redis: one that does not answer is not asked for a second, and then by one call first."""

from collections.abc import Callable
from types import TracebackType

from lockgate.core.fuse import Fuse, Patience
from lockgate.core.store import StoreError

FAILURES = 5
"""So many calls in a row without an answer open it."""

SECONDS = 1.0


class NotAskedError(StoreError):
    """It was not even asked: nothing of the call can have happened."""


class Breaker:
    """`with breaker:` around a call, by as many at once as like: it raises `NotAskedError` while nobody may ask.

    A `StoreError` that leaves the block is no answer. What else leaves it says nothing of the store: whoever asked has left.
    """

    __slots__ = ("_fuse", "_now")

    def __init__(self, now: Callable[[], float]) -> None:
        self._fuse, self._now = Fuse(Patience(FAILURES, SECONDS)), now

    def __enter__(self) -> None:
        if not self._fuse.admits(self._now()):
            raise NotAskedError("Redis does not answer, and is not asked for a moment")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._fuse.worked()
        elif issubclass(kind, StoreError):
            self._fuse.failed(self._now())
        else:
            self._fuse.unknown()

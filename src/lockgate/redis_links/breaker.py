"""Stops asking a store that does not answer, and lets one call try again after a while."""

from collections.abc import Callable

FAILURES = 5
"""So many calls in a row without an answer open it."""

SECONDS = 1.0


class Breaker:
    """Closed: everybody may ask. Open: nobody, for a second. Then one may; when it gets an answer, all may again."""

    __slots__ = ("_failures", "_now", "_trying", "_until")

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._until = 0.0
        self._trying = False

    @property
    def open(self) -> bool:
        return self._failures >= FAILURES

    def may_ask(self) -> bool:
        if not self.open:
            return True
        if self._trying or self._now() < self._until:
            return False
        self._trying = True
        return True

    def answered(self) -> None:
        self._failures, self._trying = 0, False

    def failed(self) -> None:
        self._failures += 1
        self._trying = False
        self._until = self._now() + SECONDS

    def gave_up(self) -> None:
        """The call ended without saying anything about the store: whoever asked has left."""
        self._trying = False

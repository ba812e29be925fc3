"""Something that failed so many times in a row is not asked for a while, and then by one request first."""

from typing import final

from msgspec import Struct


class Patience(Struct, frozen=True):
    """`failures` in a row, and then nobody asks for `pause` seconds."""

    failures: int = 5
    pause: float = 10.0


@final
class Fuse:
    """Times are in seconds of a clock that never goes back. Who was admitted says what became of it."""

    __slots__ = ("_failures", "_patience", "_probing", "_until")

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._until = 0.0
        self._probing = False

    @property
    def _open(self) -> bool:
        return self._failures >= self._patience.failures

    def admits(self, now: float) -> bool:
        """Whether to ask. While it is open, after the pause, one may: the probe."""
        if not self._open:
            return True
        if self._probing or now < self._until:
            return False
        self._probing = True
        return True

    def worked(self) -> None:
        self._failures, self._probing = 0, False

    def failed(self, now: float) -> None:
        self._failures += 1
        self._until, self._probing = now + self._patience.pause, False

    def unknown(self) -> None:
        """Nobody waited for the end of it."""
        self._probing = False

    def ended(self, now: float, *, well: bool | None) -> None:
        """One of the three; None for who did not wait for the end."""
        if well is None:
            self.unknown()
        elif well:
            self.worked()
        else:
            self.failed(now)

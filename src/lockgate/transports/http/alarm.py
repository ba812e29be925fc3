"""One lazy timer per connection: moving its time on costs a comparison, not a timer."""

import asyncio
import math
from collections.abc import Callable
from typing import final

_SLACK = 0.001
"""The loop's clock counts in milliseconds; a timer may ring that much early."""


@final
class Alarm:
    """Rings once `due` (loop time, seconds) is reached. A timer that wakes before a later `due` goes back to sleep."""

    __slots__ = ("_armed", "_loop", "_ring", "_timer", "due")

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._armed = math.inf
        self.due = math.inf

    def set(self, due: float) -> None:
        self.due = due
        if due < self._armed:
            self._arm()

    def cancel(self) -> None:
        """Never rings again, unless it is set."""
        self.due = self._armed = math.inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed = self.due
        self._timer = self._loop.call_at(self.due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._armed = math.inf
        if self._loop.time() + _SLACK >= self.due:
            self._ring()
        elif self.due < math.inf:
            self._arm()

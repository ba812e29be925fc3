"""One lazy timer per connection: moving its time on costs a comparison, not a timer."""

import asyncio
import math
from collections.abc import Callable
from typing import final

_SLACK = 0.001
"""The loop's clock counts in milliseconds; a timer may ring that much early."""
_LOOK = 0.01
"""Seconds for one more look at the sockets: a loop that was held up runs its timers before it hears what came meanwhile."""
_HELD_UP = 0.25
"""Seconds: when even that look came so much too late, there has to be another."""


def _nothing(seconds: float) -> None:
    pass


@final
class Alarm:
    """Rings once `due` (loop time, seconds) is reached. A timer that wakes before a later `due` goes back to sleep.

    Time in which this process stood still is nobody's silence: if the timer woke late, it rings later by as much, and
    `slept` is told how much. What arrives until then sets it anew, so an upstream that answered in time is heard.
    """

    __slots__ = ("_armed", "_last", "_loop", "_ring", "_slept", "_timer", "due")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None], slept: Callable[[float], None] = _nothing
    ) -> None:
        self._loop = loop
        self._ring = ring
        self._slept = slept
        self._timer: asyncio.TimerHandle | None = None
        self._armed = self._last = math.inf
        self.due = math.inf

    def set(self, due: float) -> None:
        self.due = due
        if due < self._armed:
            self._arm()

    def cancel(self) -> None:
        """Never rings again, unless it is set."""
        self.due = self._armed = self._last = math.inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed = self.due
        self._timer = self._loop.call_at(self.due, self._wake)

    def _wake(self) -> None:
        now, late = self._loop.time(), self._loop.time() - self._armed
        self._timer = None
        self._armed = math.inf
        if now + _SLACK < self.due:
            if self.due < math.inf:
                self._arm()
        elif self.due == self._last and late < _HELD_UP:
            self._last = math.inf
            self._ring()
        else:
            missed = max(late, 0.0) + _LOOK
            self.due = self._last = now + missed
            self._slept(missed)
            self._arm()

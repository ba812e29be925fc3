"""How many requests begin in a turn of the loop. The others wait as the bytes that they came as, and are looked at in the next turns.

uvloop reads every socket that has something before anything else runs. Without this, a thousand clients that ask at once would
all be understood before it is known of the first that there is too much to do.
"""

import asyncio
from collections import deque
from math import inf
from typing import Protocol, final

MOST, MOST_LATE = 32, 256
"""Requests that begin before the first of them runs; and with those who have waited for long."""
MOMENT = 1.0
"""Seconds for which it is crowded after anybody waited."""
LATE = 0.005
"""Seconds. It is not here that one waits for a place: who decides that has to hear of all who come."""


class Waiting(Protocol):
    """Who is called when it is their turn. They may have gone by then."""

    def look(self) -> None: ...


@final
class Turns:
    """`fresh` are the requests that have begun and have not run yet."""

    __slots__ = ("_last", "_loop", "_waiting", "fresh")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[float, Waiting]] = deque()
        self.fresh, self._last = 0, -inf

    @property
    def full(self) -> bool:
        return self.fresh >= MOST or bool(self._waiting)

    @property
    def waiting(self) -> int:
        """Who wait for their turn."""
        return len(self._waiting)

    @property
    def crowded(self) -> bool:
        """Whether anybody had to wait a moment ago."""
        return self._loop.time() - self._last < MOMENT

    def wait(self, one: Waiting) -> None:
        self._last = now = self._loop.time()
        self._waiting.append((now, one))

    def ran(self) -> None:
        """One that had begun runs, or never will."""
        self.fresh -= 1
        if not self.fresh and self._waiting:
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Those who hear a no now, which takes some hundredths of a millisecond, do not count."""
        waiting, late = self._waiting, self._loop.time() - LATE
        try:
            while waiting and self.fresh < (MOST_LATE if waiting[0][0] <= late else MOST):
                waiting.popleft()[1].look()
        finally:
            if waiting and not self.fresh:
                self._loop.call_soon(self._go_on)

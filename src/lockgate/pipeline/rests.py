"""When one who was refused is asked to come back, and how soon it is heard again: saying no takes no more than is meant for it."""

import asyncio
from typing import final

REFUSALS, AGAIN = 0.5, 3.0
"""For each request that gets its turn, that are answered as soon as they come: a refusal costs as much as a third of a request, and
the same one again over the same connection a tenth, most of it the system's. Beyond, one that was refused is not read for as long
as it was asked to wait, so that the next ones hear their no at once."""

SOONEST, LATEST = 0.5, 3.0
"""Seconds after which those who were refused are asked to come back."""
GOLDEN = 0.6180339887
"""Of a circle: however many such steps there are, they are spread over it evenly."""
AT_ONCE = 1.0
"""Seconds of refusals that may come together: all connections of a worker may be refused for the first time, which takes an eighth of it."""


@final
class Rests:
    """Lives as long as its gate."""

    __slots__ = ("_due", "_loop", "_turn")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._due, self._turn = loop, 0.0, 0.0

    def later(self) -> float:
        """Seconds after which the next one is asked to come back. Those who were refused together do not come back together."""
        self._turn = (self._turn + GOLDEN) % 1.0
        return SOONEST + (LATEST - SOONEST) * self._turn

    def pause(self, rate: float, later: float) -> float:
        """Seconds in which this one is not read. `rate`: so many such noes a second may be said, `later`: the seconds that this
        one was asked to wait.
        """
        now = self._loop.time()
        if self._due > now + AT_ONCE:
            return later
        self._due = max(self._due, now) + 1 / rate
        return 0.0

"""When one who was refused is asked to come back, and how soon it is heard again: saying no takes no more than is meant for it."""

import asyncio
from typing import final

REFUSALS, AGAIN = 1500, 2500
"""A second, that are answered as soon as they come: a refusal costs as much as a third of a request, and the same one again
over the same connection a fifth, most of it the system's. Beyond, one that was refused is not read for as long as it was asked to
wait, so that the next ones hear their no at once."""

SOONEST, LATEST = 0.5, 3.0
"""Seconds after which those who were refused are asked to come back."""
GOLDEN = 0.6180339887
"""Of a circle: however many such steps there are, they are spread over it evenly."""
AT_ONCE = 0.1
"""Seconds of refusals that may come together."""


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

    def pause(self, cost: float, later: float) -> float:
        """Seconds in which this one is not read. `cost` are those that a no takes, `later` those it was asked to wait."""
        now = self._loop.time()
        if self._due > now + AT_ONCE:
            return later
        self._due = max(self._due, now) + cost
        return 0.0

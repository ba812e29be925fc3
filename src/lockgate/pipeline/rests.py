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

    def next(self, rate: float) -> tuple[float, float]:
        """Of the next one: the seconds after which it is asked to come back, and those in which it is not read. `rate`: so many
        such noes a second may be said. Those who were refused together do not come back together.
        """
        self._turn = turn = (self._turn + GOLDEN) % 1.0
        later = SOONEST + (LATEST - SOONEST) * turn
        now, due = self._loop.time(), self._due
        if due > now + AT_ONCE:
            return later, later
        self._due = max(now, due) + 1 / rate
        return later, 0.0

"""How soon one who was refused is heard again, so that saying no to all takes no more of the processor than is meant for it."""

import asyncio
from typing import final

REFUSALS, AGAIN = 1500, 4000
"""A second, that are answered as soon as they come: a refusal costs as much as a third of a request, and the same one again
over the same connection a fifth, most of it the system's. Beyond, one that was refused is not read until as many others have heard
theirs, so that those hear it at once; never for longer than it was asked to wait."""

AT_ONCE = 0.1
"""Seconds of refusals that may come together."""


@final
class Rests:
    """Lives as long as its gate."""

    __slots__ = ("_due", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._due = loop, 0.0

    def pause(self, cost: float, later: float) -> float:
        """Seconds until the next no of this one is due. `cost` are those that a no takes, `later` those it was asked to wait."""
        now = self._loop.time()
        ahead = self._due - now
        if ahead > later:
            return later
        self._due = max(self._due, now) + cost
        return ahead if ahead > AT_ONCE else 0.0

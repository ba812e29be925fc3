"""How many requests begin in a turn of the loop. The others wait as the bytes that they came as, and are looked at in the next turns.

uvloop reads every socket that has something before anything else runs. Without this, a thousand clients that ask at once would
all be understood before it is known of the first that there is too much to do.
"""

import asyncio
from collections import deque
from typing import Protocol, final

MOST = 32
"""Requests that begin before the first of them runs."""
LOOKS = 256
"""Clients that are looked at in a turn: nearly all of them may hear a no, which takes some hundredths of a millisecond."""


class Waiting(Protocol):
    """Who is called when it is their turn. They may have gone by then."""

    def look(self) -> None: ...


@final
class Turns:
    """`fresh` are the requests that have begun and have not run yet."""

    __slots__ = ("_loop", "_waiting", "fresh")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Waiting] = deque()
        self.fresh = 0

    @property
    def full(self) -> bool:
        return self.fresh >= MOST or bool(self._waiting)

    def wait(self, one: Waiting) -> None:
        self._waiting.append(one)

    def ran(self) -> None:
        """One that had begun runs, or never will."""
        self.fresh -= 1
        if not self.fresh and self._waiting:
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        waiting = self._waiting
        try:
            for _ in range(min(LOOKS, len(waiting))):
                if self.fresh >= MOST:
                    break
                waiting.popleft().look()
        finally:
            if waiting and not self.fresh:
                self._loop.call_soon(self._go_on)

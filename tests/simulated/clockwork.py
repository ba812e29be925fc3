"""An event loop whose time is what was spent in it and what it slept: nothing waits for a clock, and no two runs differ."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count
from math import inf


class Clockwork(asyncio.BaseEventLoop):
    """It turns as uvloop does: all that comes from outside is read first, and then runs what is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self._turned = 1000.0
        self._order = count()
        self._coming: list[tuple[float, int, Callable[[], object]]] = []
        self._selector = self

    def time(self) -> float:
        """When this turn began, as uvloop has it."""
        return self._turned

    def clock(self) -> float:
        return self.now

    def spend(self, seconds: float) -> None:
        """On the only processor that there is."""
        self.now += seconds

    def at(self, moment: float, event: Callable[[], object]) -> None:
        """Something comes from outside, and is seen in the first turn after that."""
        heapq.heappush(self._coming, (moment, next(self._order), event))

    def ended(self) -> None:
        """Nothing more comes, and nobody waits for it."""
        self._coming.clear()
        while tasks := asyncio.all_tasks(self):  # those who leave make room for others
            for task in tasks:
                task.cancel()
            self.run_until_complete(asyncio.wait(tasks))
        self.close()

    def select(self, timeout: float | None) -> list[object]:
        """Of the loop's selector, which is the loop itself."""
        wakes = inf if timeout is None else self.now + timeout
        if self._coming:
            wakes = min(wakes, self._coming[0][0])
        self.now = until = max(self.now, wakes)
        while self._coming and self._coming[0][0] <= until:
            heapq.heappop(self._coming)[2]()
        self._turned = self.now
        return []

    def _process_events(self, event_list: object) -> None:
        """They are handled where they are seen."""

    def _write_to_self(self) -> None:
        """There are no threads."""

"""Records that become durable together, and those who wait for it."""

import asyncio

from lockgate.core.sink import Event, Record


class Batch:
    """Filled on the loop, written by the thread. `accepted` is set by the thread, so that a loop that lags sees it in time;
    as are `began` and `ended`, when the sinks got it and when they had taken it.

    `mark` is how long the sinks had been busy when its first record came, `due` when its patience ends by the loop's clock.
    """

    __slots__ = ("accepted", "began", "born", "due", "ended", "mark", "records", "timer", "waiting")

    def __init__(self) -> None:
        self.records: list[Record | Event] = []
        self.waiting: list[asyncio.Future[bool]] = []
        self.timer: asyncio.TimerHandle | None = None
        self.accepted = False
        self.began: float | None = None
        self.ended: float | None = None
        self.mark = self.due = self.born = 0.0

    def answer(self, *, kept: bool) -> None:
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(kept)

    def busy(self, now: float) -> float:
        """Seconds that the sinks have been at it."""
        return 0.0 if self.began is None else (self.ended or now) - self.began

"""Records that become durable together, and those who wait for it."""

import asyncio

from lockgate.core.sink import Event, Record


class Batch:
    """Filled on the loop, written by the thread. `accepted` is set by the thread, so that a loop that lags sees it in time."""

    __slots__ = ("accepted", "records", "timer", "waiting")

    def __init__(self) -> None:
        self.records: list[Record | Event] = []
        self.waiting: list[asyncio.Future[bool]] = []
        self.timer: asyncio.TimerHandle | None = None
        self.accepted = False

    def answer(self, *, kept: bool) -> None:
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(kept)

"""The audit log as the loop sees it: one list that grows, one batch on its way to the disk, and a deadline for both."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic, time

from lockgate.audit.batch import Batch
from lockgate.audit.scribe import Scribe
from lockgate.core.sink import Event, Record

log = logging.getLogger("lockgate.audit")

PAUSE = 0.05
"""Seconds that records gather before a batch is written, when nobody waits for them."""

GATHER, MANY = 0.001, 4
"""Seconds that records gather behind a batch of so many: a flush costs as much as six requests, and then there are more to come."""

SOON = 0.005
"""Seconds that are not worth waiting for."""

LAG = 2.0
"""Seconds at most that a busy machine may keep the sinks from their work before they are blamed for it."""

BACKLOG = 20_000
"""Records of refused requests that are kept while no sink takes any. Those of requests that were let through always are."""

CAUGHT_UP = 500
"""So few of them may still wait when requests are let through again: they would wait behind them."""


class AuditLog:
    """`strict`: `put` gives what to wait for; otherwise nobody waits. One batch is written while the next one grows, so that
    one flush of the disk serves all requests that came in the meantime. No request waits longer than `patience` seconds for the
    sinks: what counts is the time that they had, not that in which the thread or the loop did not get to run.

    `changed` is told when the log becomes available or stops being so.
    """

    def __init__(
        self,
        scribe: Scribe,
        *,
        strict: bool = True,
        patience: float = 0.25,
        changed: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._scribe = scribe
        self._strict = strict
        self._pause = 0.0 if strict else PAUSE
        self._patience = patience
        self._changed = changed
        self._next = Batch()
        self._flying: Batch | None = None
        self._due = self._gathering = False
        self._spent = 0.0
        self._dropped = 0
        self.available = True
        scribe.start(self._accepted_soon)

    @property
    def backlog(self) -> int:
        """Records that no sink has taken yet."""
        return len(self._next.records) + (len(self._flying.records) if self._flying else 0)

    @property
    def dropped(self) -> int:
        """Lines that a sink never got, while others did."""
        return self._scribe.dropped

    def put(self, record: Record | Event) -> asyncio.Future[bool] | None:
        batch = self._next
        if not self.available:
            return self._kept_for_later(record)
        batch.records.append(record)
        if not self._due:
            self._due = True
            batch.mark, batch.born = self._busy(), self._loop.time()
            self._await(batch, self._patience + self._pause)
            if self._pause:
                self._loop.call_later(self._pause, self._hand_over)
            elif not self._gathering:
                self._loop.call_soon(self._hand_over)
        if not self._strict:
            return None
        future = self._loop.create_future()
        batch.waiting.append(future)
        return future

    async def aclose(self, last: Event | None = None) -> None:
        """Writes what is left and the last word, as well as the sinks let it, and closes them."""
        if last is not None:
            self._next.records.append(last)
        await asyncio.to_thread(self._scribe.stop, self._next)
        for batch in (self._flying, self._next):
            if batch is not None:
                batch.answer(kept=batch.accepted)
                if batch.timer is not None:
                    batch.timer.cancel()

    def _kept_for_later(self, record: Record | Event) -> asyncio.Future[bool] | None:
        if len(self._next.records) < BACKLOG or (isinstance(record, Record) and record.admitted):
            self._next.records.append(record)
        else:
            self._dropped += 1
        if not self._strict:
            return None
        future = self._loop.create_future()
        future.set_result(False)
        return future

    def _hand_over(self) -> None:
        if self._flying is None and self._next.records:
            self._flying, self._next, self._due = self._next, Batch(), False
            self._scribe.give(self._flying)

    def _gathered(self) -> None:
        self._gathering = False
        self._hand_over()

    def _accepted_soon(self) -> None:
        """From the thread."""
        try:
            self._loop.call_soon_threadsafe(self._accepted)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    def _accepted(self) -> None:
        batch, self._flying = self._flying, None
        if batch is None:
            return
        if batch.timer is not None:
            batch.timer.cancel()
        batch.answer(kept=True)
        self._spent += batch.busy(monotonic())
        if not self.available and len(self._next.records) <= CAUGHT_UP:
            self._set_available(True)
            if self._dropped:
                details = {"records": str(self._dropped)}
                self._next.records.append(Event(ts=time(), event="refusals_not_recorded", details=details))
                self._dropped = 0
        if self._pause or len(batch.records) < MANY:
            self._hand_over()
        else:
            self._gathering = True
            self._loop.call_later(GATHER, self._gathered)

    def _await(self, batch: Batch, seconds: float) -> None:
        batch.due = self._loop.time() + seconds
        batch.timer = self._loop.call_at(batch.due, self._late, batch)

    def _busy(self) -> float:
        """Seconds that the sinks have had batches in hand, in all."""
        return self._spent + (self._flying.busy(monotonic()) if self._flying is not None else 0.0)

    def _late(self, batch: Batch) -> None:
        """The deadline of a batch, on its way or still growing. What the thread has just finished is not late."""
        if batch.accepted:
            return
        now = self._loop.time()
        left = self._patience - (self._busy() - batch.mark) + (now - batch.due)
        if left > SOON and now - batch.born < self._patience + LAG:
            self._await(batch, left)  # it is the machine that lags, not the disk
            return
        batch.answer(kept=False)
        if self.available:
            self._set_available(False)

    def _set_available(self, now: bool) -> None:
        self.available = now
        if now:
            log.warning("the audit log is written again")
        else:
            log.error("no audit sink takes records: %s", self._scribe.trouble or "too slow")
        self._changed(now)

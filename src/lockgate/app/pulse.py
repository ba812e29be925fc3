"""A beat four times a second: sees when the loop stood still, and whether memory runs out, and tells the gate."""

import asyncio
import logging
from collections.abc import Callable
from typing import final

from lockgate.app.load import Loaded
from lockgate.app.memory import Memory
from lockgate.core.watermarks import least, served
from lockgate.pipeline.gate import Gate

log = logging.getLogger("lockgate.worker")

BEAT = 0.25
STALLED = 1.0
"""Seconds that the loop may stand still before it is told of."""
KEPT = 40
"""Beats that the longest lag is shown."""


@final
class Pulse:
    """`lag` is the longest time of late that something had to wait for the loop, `stalls` how often that was over a second,
    `memory` the part that is used.
    """

    def __init__(self, gate: Gate, workers: int, measured: Callable[[int | None, int], Memory] = Memory) -> None:
        self._gate = gate
        self._workers = workers
        self._measured = measured
        self._reading: Memory | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._before = self._now = 0.0
        self._beats = 0
        self.stalls = 0
        self.memory = 0.0

    @property
    def lag(self) -> float:
        return max(self._before, self._now)

    def use(self, loaded: Loaded) -> None:
        """What the configuration says of overload, from the next request on."""
        settings, gate = loaded.valid.overload, self._gate
        gate.limited, gate.priority, gate.default = settings.adaptive, settings.priority, settings.rank
        self._reading = self._measured(settings.memory_mb, self._workers)
        self._look()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + BEAT
        self._timer = loop.call_at(self._due, self._beat, loop)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        late = loop.time() - self._due
        self._beats += 1
        if self._beats % KEPT == 0:
            self._before, self._now = self._now, 0.0
        self._now = max(self._now, late)
        if late > STALLED:
            self.stalls += 1
            log.warning("this process stood still for %.1f s: it was stopped, or the machine has too much to do", late)
        self._look()
        self.start(loop)

    def _look(self) -> None:
        if self._reading is None:
            return
        self.memory = self._reading.used()
        before = self._gate.least
        now = least(self.memory, before)
        if now != before:
            self._gate.serve_only(now)
            log.warning("%.0f %% of the memory is used: %s", self.memory * 100, served(now))

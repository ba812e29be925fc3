"""What the workers of one gateway know together of upstreams: rows of numbers in memory that they inherit from their parent.

A cell is eight bytes and written at once, so no reader sees half of one. Whoever changes a row stamps the memory with a
number that was never there before; readers look at the stamp alone. What must happen once (a breaker opens, a request
is the one that tries an upstream) happens under a lock of the file behind the memory, which a dead process gives back.
"""

import fcntl
import mmap
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import final

from lockgate.core.breaker import Breaker

ROWS = 4096
CELLS = 16
"""Of a row, 128 bytes: the digest and twelve numbers; the rest is room. Row 0 is the memory's own."""
(
    DIGEST,
    FAILURES,
    TRIPPED,
    OUT_UNTIL,
    EJECTIONS,
    COOL_UNTIL,
    LIMITED,
    CLAIMED_UNTIL,
    DOWN,
    HEADROOM,
    TOLD,
    GOOD,
    USED,
) = range(13)
FORGOTTEN = 3600.0
"""Seconds after which an upstream that no configuration has any more may make room: longer than anybody asks it who began before."""


_EMPTY = memoryview(bytes(CELLS * 8)).cast("d")


@final
class Shared:
    """Made before the workers are forked. `size` rows; an upstream beyond them is known to its own worker alone."""

    __slots__ = ("_file", "_memory", "_numbers", "_rows", "_words")

    def __init__(self, rows: int = ROWS) -> None:
        self._rows = rows
        self._file = _file()
        os.ftruncate(self._file, rows * CELLS * 8)
        self._memory = mmap.mmap(self._file, rows * CELLS * 8)
        view = memoryview(self._memory)
        self._words, self._numbers = view.cast("Q"), view.cast("d")

    @property
    def stamp(self) -> int:
        return self._words[0]

    def touch(self) -> None:
        """Behind every change. The clock never gives the same number twice to processes of one machine, but for luck that
        the process number makes harmless.
        """
        self._words[0] = time.monotonic_ns() << 12 & 0xFFFF_FFFF_FFFF_F000 | os.getpid() & 0xFFF

    def row(self, digest: int, now: float) -> int:
        """The row of an upstream, by 64 bits of its name: a new one when nobody asked for it before, or when all are taken
        that of one which nobody used for long. 0: there is no room.
        """
        digest = digest or 1
        with self.lock():
            row = self._found(digest, now - FORGOTTEN)
            if row and self._words[row * CELLS] != digest:
                self._numbers[row * CELLS : (row + 1) * CELLS] = _EMPTY
                self._words[row * CELLS] = digest
            if row:
                self.used(row, now)
        return row

    def _found(self, digest: int, before: float) -> int:
        """Its row, or the one that it may have; rows are never empty again, so those behind them are found."""
        spare = 0
        for step in range(self._rows - 1):
            row = 1 + (digest + step) % (self._rows - 1)
            found = self._words[row * CELLS]
            if found in (digest, 0):
                return row
            if not spare and self._numbers[row * CELLS + USED] < before:
                spare = row
        return spare

    def used(self, row: int, now: float) -> None:
        """Somebody has it in his configuration, or asks it."""
        self._numbers[row * CELLS + USED] = now

    def read(self, row: int) -> Breaker:
        cells = self._numbers[row * CELLS : row * CELLS + 9]
        return Breaker(
            int(cells[FAILURES]),
            cells[TRIPPED] != 0,
            cells[OUT_UNTIL],
            int(cells[EJECTIONS]),
            cells[COOL_UNTIL],
            int(cells[LIMITED]),
        )

    def write(self, row: int, breaker: Breaker) -> None:
        at = row * CELLS
        self._numbers[at + FAILURES] = breaker.failures
        self._numbers[at + OUT_UNTIL] = breaker.out_until
        self._numbers[at + EJECTIONS] = breaker.ejections
        self._numbers[at + COOL_UNTIL] = breaker.cool_until
        self._numbers[at + LIMITED] = breaker.limited
        self._numbers[at + TRIPPED] = breaker.tripped
        self.touch()

    def claimed(self, row: int) -> float:
        return self._numbers[row * CELLS + CLAIMED_UNTIL]

    def claim(self, row: int, now: float, until: float) -> bool:
        """Whether nobody else had it. One of all processes gets it."""
        at = row * CELLS + CLAIMED_UNTIL
        with self.lock():
            if self._numbers[at] > now:
                return False
            self._numbers[at] = until
        self.touch()
        return True

    def give_back(self, row: int, until: float) -> None:
        """Who had claimed it lets others claim it from then on, if that is sooner."""
        at = row * CELLS + CLAIMED_UNTIL
        with self.lock():
            if self._numbers[at] <= until:
                return
            self._numbers[at] = until
        self.touch()

    def down(self, row: int) -> bool:
        return self._numbers[row * CELLS + DOWN] != 0

    def set_down(self, row: int, *, down: bool) -> None:
        self._numbers[row * CELLS + DOWN] = down
        self.touch()

    def headroom(self, row: int) -> tuple[float, float]:
        """What was left of its own limits, and when it said so; 0 where it never did."""
        return self._numbers[row * CELLS + HEADROOM], self._numbers[row * CELLS + TOLD]

    def set_headroom(self, row: int, headroom: float, told: float) -> None:
        """Not stamped: it changes with every answer."""
        self._numbers[row * CELLS + HEADROOM], self._numbers[row * CELLS + TOLD] = headroom, told

    def good(self, row: int) -> float:
        """When it was last known to answer well; some seconds late."""
        return self._numbers[row * CELLS + GOOD]

    def set_good(self, row: int, now: float) -> None:
        self._numbers[row * CELLS + GOOD] = now

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held for microseconds. Where the system has no locks for the file, things may happen twice, no worse."""
        held = False
        with suppress(OSError):
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            held = True
        try:
            yield
        finally:
            if held:
                with suppress(OSError):
                    fcntl.lockf(self._file, fcntl.LOCK_UN)


def _file() -> int:
    """Memory only, where the system has that; it is gone with its last process."""
    if hasattr(os, "memfd_create"):
        with suppress(OSError):  # some sandboxes forbid it
            return os.memfd_create("lockgate-health", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:  # it has no name any more
        return os.dup(file.fileno())

"""The clock and the ids of a process that serves."""

import os
import time
from pathlib import Path


def boot_id() -> str:
    """Names this life of the machine, where the system does (Linux); else nothing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


_ID = 16
_STOCK = 256
"""Ids for which random bytes are asked of the system at once."""


class SystemClock:
    """Time and ids as they are. Made after the fork: two processes must not draw from one stock."""

    def __init__(self) -> None:
        self._stock: list[str] = []

    def wall(self) -> float:
        return time.time()

    def fresh_id(self) -> str:
        if not self._stock:
            drawn = os.urandom(_ID * _STOCK).hex()
            self._stock = [drawn[at : at + 2 * _ID] for at in range(0, len(drawn), 2 * _ID)]
        return self._stock.pop()

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


class SystemClock:
    """Time and ids as they are."""

    def wall(self) -> float:
        return time.time()

    def fresh_id(self) -> str:
        return os.urandom(16).hex()

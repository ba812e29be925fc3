"""The clock and the ids of a process that serves."""

import os
import time


class SystemClock:
    """Time and ids as they are."""

    def wall(self) -> float:
        return time.time()

    def fresh_id(self) -> str:
        return os.urandom(16).hex()

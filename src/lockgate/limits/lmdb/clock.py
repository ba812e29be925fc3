"""A clock that never jumps while the machine lives, and that all its processes share."""

import time
from collections.abc import Callable

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def since_boot() -> int:
    """Microseconds."""
    return time.clock_gettime_ns(_SINCE_BOOT) // 1000


def wall() -> int:
    """Microseconds since 1970, as somebody set it."""
    return time.time_ns() // 1000


def shifted(by: int) -> Callable[[], int]:
    """The time since 1970, if the machine booted at `by`."""
    read, which = time.clock_gettime_ns, _SINCE_BOOT
    return lambda: read(which) // 1000 + by

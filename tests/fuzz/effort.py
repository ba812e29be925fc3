"""How hard to try: a moment in the suite, or as many seconds for each target as LOCKGATE_FUZZ_SECONDS says."""

import functools
import os
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

SECONDS = float(os.environ.get("LOCKGATE_FUZZ_SECONDS", "0"))
_UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def tried(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Goes around a hypothesis test: again and again, each time with other examples, until the time is over."""

    def around(test: Callable[..., None]) -> Callable[..., None]:
        count = max(examples, 1000) if SECONDS else examples
        hard = settings(max_examples=count, deadline=None, suppress_health_check=_UNHURRIED)(test)

        @functools.wraps(hard)
        def again(*args: Any, **kwargs: Any) -> None:
            until = time.monotonic() + SECONDS
            hard(*args, **kwargs)
            while time.monotonic() < until:
                hard(*args, **kwargs)

        return again

    return around

"""A thread that waits until the processor is free, and interrupts nobody when it has something to do.

Linux lets a thread that wakes up take the processor from the one that runs. The audit thread is woken by the worker in the middle of its
turn: it would write a record or two, and again after the next, and what the worker had in the processor's caches is gone each
time. As a batch thread (sched(7), SCHED_BATCH) it has its turn when the worker waits, or after some milliseconds, and finds many records; where
a core is free it runs at once as before.
"""

import os
from contextlib import suppress


def batchwise() -> None:
    """For the thread that calls it. Where the system has no such thing, or somebody chose a policy already, nothing changes."""
    with suppress(AttributeError, OSError):
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

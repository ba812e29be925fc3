"""The last process is waited for, but not for ever."""

import subprocess
import sys

STUBBORN = """
import os, signal, sys, time
from lockgate.app import supervise
supervise.LAST_SECONDS = 0.2
signal.pthread_sigmask(signal.SIG_BLOCK, supervise.WATCHED)
pid = os.fork()
if not pid:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    time.sleep(0 if sys.argv[1] == "ends" else 60)
    os._exit(0)
supervise._awaited(pid)
try:
    os.kill(pid, 0)
except ProcessLookupError:
    print("gone", signal.getitimer(signal.ITIMER_REAL)[0])
"""


def test_a_desk_that_does_not_end_is_killed_and_one_that_ends_is_not_waited_for() -> None:
    for how in ("ends", "hangs"):
        done = subprocess.run(
            [sys.executable, "-c", STUBBORN, how], capture_output=True, text=True, timeout=20, check=False
        )
        assert (done.returncode, done.stdout) == (0, "gone 0.0\n"), done.stderr

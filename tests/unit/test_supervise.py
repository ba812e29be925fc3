"""The last process is waited for, but not for ever; and one that ends, ends, whatever became of its streams."""

import os
import subprocess
import sys

import pytest

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


ENDING = """
import os, sys
from lockgate.app import supervise
try:
    pid = supervise._fork(lambda: print("hello") or 7)
    os.write(int(sys.argv[1]), b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    supervise._say("nobody hears it")
finally:
    os.write(int(sys.argv[1]), b"over\\n")
"""


@pytest.mark.parametrize("streams", [">&- 2>&-", ">/dev/full 2>/dev/full"])
def test_a_process_ends_with_its_code_though_nobody_takes_what_it_says(streams: str) -> None:
    """It went on as its parent, and took away the folder where processes meet: no worker was ready any more."""
    reading, writing = os.pipe()
    code = f'exec {sys.executable} -c "$0" {writing} {streams}'
    around = {**os.environ, "PYTHONUNBUFFERED": ""}
    subprocess.run(["sh", "-c", code, ENDING], pass_fds=[writing], env=around, timeout=20, check=False)
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.read() == "7\nover\n"

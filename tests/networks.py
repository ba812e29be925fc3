"""Networks of a test's own, which nothing outside sees: two machines with a cable between them. Skips where none can be made.

The thread that makes them lives in one machine, and whoever is started by `beyond` in the other. Nothing has a name, so all of
it ends with the thread and with that process, whatever happens.
"""

import asyncio
import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

HERE, THERE = "10.99.0.1", "10.99.0.2"
BEYOND = ("unshare", "--net")
"""A command that becomes, in a machine of its own, what it gets as arguments."""
_NEW_NETWORK = 0x40000000
_NOBODY = "02:00:00:00:00:99"


def apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it in a thread that has a machine of its own."""
    if not shutil.which("ip") or not shutil.which("nsenter") or os.geteuid():
        pytest.skip("a network of one's own needs root and the commands ip and nsenter")

    def run() -> None:
        if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
            pytest.skip("a network of one's own is not allowed here")
        ip("link", "set", "lo", "up")
        asyncio.run(work())

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()


def ip(*words: str, of: int = 0) -> None:
    """In this thread's machine, or in that of another process."""
    where = ("nsenter", "--target", str(of), "--net") if of else ()
    subprocess.run([*where, "ip", *words], check=True, capture_output=True, text=True)


def cable(pid: int) -> None:
    """From this thread's machine to that of the process."""
    ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(pid))
    ip("address", "add", f"{HERE}/24", "dev", "here")
    ip("link", "set", "here", "up")
    ip("address", "add", f"{THERE}/24", "dev", "there", of=pid)
    ip("link", "set", "there", "up", of=pid)
    ip("link", "set", "lo", "up", of=pid)


def lose_answers(pid: int) -> None:
    """What is sent to the process arrives, and nothing that it says comes back: its frames go to a card that is nobody's."""
    ip("neighbour", "replace", HERE, "lladdr", _NOBODY, "dev", "there", "nud", "permanent", of=pid)


def lose_questions() -> None:
    """The other way round."""
    ip("neighbour", "replace", THERE, "lladdr", _NOBODY, "dev", "here", "nud", "permanent")


def heal(pid: int) -> None:
    """Both ways lead to where they should."""
    ip("neighbour", "flush", "dev", "here", "nud", "permanent")
    ip("neighbour", "flush", "dev", "there", "nud", "permanent", of=pid)

"""Imports the installed command once, and becomes it by forking whenever it is told to: see `warm`.

A message is JSON: `words` of the command line, `env`, `folder`. With it come the descriptors of its output, of its errors, and of
the pipe that is told how it ended.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from lockgate.app import cli

LONGEST = 1 << 20
LATER = ("cryptography.x509", "lockgate.limits.lmdb.store")
"""What nearly every gateway imports after its start. Nothing that begins threads: they would not be there in a child."""


def forked(control: socket.socket) -> Mapping[str, Any] | None:
    """Serves until nobody wants it any more: then None. In each child it returns at once, with what that is to be."""
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting: dict[int, int] = {}
    while True:
        ready = _either(control.fileno(), woken)
        _reap(waiting)
        if control.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 3)
        if not message:
            return None
        pid = os.fork()
        if pid == 0:
            _become(descriptors)
            told: Mapping[str, Any] = json.loads(message)
            return told
        waiting[pid] = descriptors[2]
        for each in descriptors[:2]:
            os.close(each)
        control.send(str(pid).encode())


def _either(control: int, woken: int) -> list[int]:
    import select

    ready = select.select([control, woken], [], [])[0]
    if woken in ready:
        os.read(woken, 4096)
    return ready


def _reap(waiting: dict[int, int]) -> None:
    for pid, told in list(waiting.items()):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(waiting.pop(pid))


def _become(descriptors: list[int]) -> None:
    """As after `exec`: a session of its own, nothing open but the three, signals as they were."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(descriptors[0], 1)
    os.dup2(descriptors[1], 2)
    os.closerange(3, 1024)


def main() -> None:
    for name in cli.COMMANDS:
        import_module(f"lockgate.app.commands.{name}")
    for name in ("lockgate.app.run", *LATER):
        import_module(name)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        told = forked(control)
        control.detach()
    if told is None:
        return
    os.environ.clear()
    os.environ.update(told["env"])
    time.tzset()
    os.chdir(told["folder"])
    sys.argv = ["lockgate", *told["words"]]
    cli.main()


main()

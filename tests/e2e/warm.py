"""The installed command as a process, without waiting for Python to read the same modules again.

One process for each process of tests has imported the command. It forks for every start, and the child is what `exec` would have
made of it: its own session, environment, folder and descriptors, and an end as any other's. That saves half a second of
processor time a gateway. What is run inside something else (`within`, `LD_PRELOAD`), and what is about starting, is executed.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "lockgate.app.cli"]
LONGEST = 60.0
"""Seconds that a command may take."""
_SCRIPT = Path(__file__).with_name("warm_process.py")


class Process(Protocol):
    """As much of `subprocess.Popen` as tests use."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    @property
    def stdout(self) -> IO[str] | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A child of the warm process. `told` is the pipe that says how it ended."""

    def __init__(self, pid: int, stdout: IO[str], told: int) -> None:
        self.pid, self.stdout, self._told = pid, stdout, told
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("lockgate", timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(os.read(self._told, 16))
            os.close(self._told)
        return self.returncode


class _Warm:
    """Begun at the first start. What is asked of it is asked one at a time: an answer does not say whose it is."""

    def __init__(self) -> None:
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), str(there.fileno())],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[there.fileno()],
            start_new_session=True,
        )
        there.close()
        atexit.register(self._end)

    def start(self, message: bytes, stdout: int, stderr: int) -> tuple[int, int]:
        """The child's number, and the pipe that says how it ends."""
        told, tells = os.pipe()
        with _asking:
            socket.send_fds(self._control, [message], [stdout, stderr, tells])
            os.close(tells)
            return int(self._control.recv(16)), told

    def _end(self) -> None:
        self._control.close()
        self._process.wait(10)


_warm: list[_Warm] = []
_beginning, _asking = threading.Lock(), threading.Lock()


def start(words: Sequence[str], env: Mapping[str, str], stderr: int, folder: Path | None = None) -> Forked:
    """`lockgate WORDS` in a folder, with its output in a pipe."""
    with _beginning:
        if not _warm:
            _warm.append(_Warm())
    output, into = os.pipe()
    message = json.dumps({"words": list(words), "env": dict(env), "folder": str(folder or Path.cwd())})
    pid, told = _warm[0].start(message.encode(), into, stderr)
    os.close(into)
    return Forked(pid, os.fdopen(output), told)


def started(words: Sequence[str], env: Mapping[str, str], stderr: int, within: Sequence[str] = ()) -> Process:
    """The same, and where it is run inside something else, executed. `within` is a command that becomes it."""
    if not within and "LD_PRELOAD" not in env:
        return start(words, env, stderr)
    command = [*within, *COMMAND, *words]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True)


def run(words: Sequence[str], env: Mapping[str, str], folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """The same until it ends; what it said and its exit code."""
    with tempfile.TemporaryFile("w+") as said:
        process = start(words, env, said.fileno(), folder)
        limit = threading.Timer(LONGEST, process.kill)
        limit.start()
        with process.stdout:
            output = process.stdout.read()
        code = process.wait()
        limit.cancel()
        said.seek(0)
        return subprocess.CompletedProcess(["lockgate", *words], code, output, said.read())

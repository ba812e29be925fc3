"""Runs a command that the operator wrote, for what it prints: no shell, a deadline, and nothing of it stays behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer

from lockgate.core.secret_source import LIMIT

SECONDS = 10.0
LATE = -signal.SIGKILL
"""The exit code of one that took too long."""
_running: set[int] = set()


def ran(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float = SECONDS
) -> tuple[bytes, int]:
    """What it printed, up to one byte more than is allowed, and its exit code. It has a session of its own to be ended in.
    `OSError` and `ValueError` for what is no command.
    """
    with subprocess.Popen(  # noqa: S603  no shell: the words are the operator's
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=dict(environ),
        start_new_session=True,
    ) as process:
        limit = Timer(seconds, _kill, (process.pid,))
        limit.start()
        _running.add(process.pid)
        try:
            raw = process.stdout.read(LIMIT + 1) if process.stdout else b""
            if len(raw) > LIMIT:
                _kill(process.pid)
                return raw, 0
            return raw, process.wait()
        finally:
            _running.discard(process.pid)
            limit.cancel()


def end() -> None:
    """All that still run."""
    for pid in tuple(_running):
        _kill(pid)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)

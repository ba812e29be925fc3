"""Runs a command that the operator wrote, for what it prints: no shell, a deadline, and nothing of it stays behind."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

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
        _running.add(process.pid)
        end = time.monotonic() + seconds
        try:
            raw, whole = _printed(process.stdout, end) if process.stdout else (b"", True)
            if len(raw) > LIMIT:
                _kill(process.pid)
                return raw, 0
            if whole:
                with suppress(subprocess.TimeoutExpired):
                    return raw, process.wait(max(0.0, end - time.monotonic()))
            _kill(process.pid)
            return raw, process.wait()
        finally:
            _running.discard(process.pid)


def _printed(out: IO[bytes], end: float) -> tuple[bytes, bool]:
    """What comes until then, and whether that is all. Somebody whom nobody can end may hold the other end for ever."""
    raw = b""
    with selectors.DefaultSelector() as coming:
        coming.register(out, selectors.EVENT_READ)
        while len(raw) <= LIMIT:
            if not coming.select(max(0.0, end - time.monotonic())):
                return raw, False
            if not (piece := os.read(out.fileno(), LIMIT + 1 - len(raw))):
                break
            raw += piece
    return raw, True


def end() -> None:
    """All that still run."""
    for pid in tuple(_running):
        _kill(pid)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)

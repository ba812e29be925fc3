"""`{exec: [COMMAND, ARGUMENT, …]}`: what a command prints. No shell; ten seconds; its errors are not repeated."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Annotated

from msgspec import Meta

from lockgate.core.secret_source import LIMIT, NoSecret, SecretSource, Surroundings

SECONDS = 10.0
_running: set[int] = set()

Word = Annotated[str, Meta(min_length=1, max_length=4096)]
Command = Annotated[
    tuple[Word, ...], Meta(min_length=1, max_length=64, description="A command and its arguments, without a shell.")
]


def _open(command: tuple[str, ...], around: Surroundings) -> str:
    place = f"the command {Path(command[0]).name}"
    try:
        raw, code = _run(command, around)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no command"
        raise NoSecret(f"{place}, which cannot be run ({reason})", "a command that prints the secret") from None
    if code == -signal.SIGKILL:
        raise NoSecret(f"{place}, which took longer than {SECONDS:g} s", "a command that prints the secret and ends")
    if code:
        raise NoSecret(f"{place}, which ended with {code}", "a command that prints the secret and ends with 0")
    if len(raw) > LIMIT:
        raise NoSecret(f"{place}, which printed more than {LIMIT} bytes", "a command that prints the secret alone")
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise NoSecret(f"{place}, which did not print text", "a command that prints the secret as text") from None
    if not text.strip():
        raise NoSecret(f"{place}, which printed nothing", "a secret; an empty one protects nothing")
    return text


def _run(command: tuple[str, ...], around: Surroundings) -> tuple[bytes, int]:
    """What it printed, up to one byte more than is allowed, and its exit code. It has a session of its own to be ended in."""
    with subprocess.Popen(  # noqa: S603  no shell: the words are the operator's, from the configuration
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=around.folder,
        env=dict(around.environ),
        start_new_session=True,
    ) as process:
        limit = Timer(SECONDS, _kill, (process.pid,))
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


def _end() -> None:
    for pid in tuple(_running):
        _kill(pid)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


plugin = SecretSource(name="exec", setting=Command, example="{exec: [COMMAND, ARGUMENT]}", open=_open, end=_end)

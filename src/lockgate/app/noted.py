"""What an administrator does at the command line, as an event in the audit log."""

import getpass
import os
import sys
import time
from pathlib import Path

from lockgate.audit import key_file
from lockgate.audit.chain import Chain
from lockgate.audit.segments import FOLDER
from lockgate.audit.spans import Spans
from lockgate.audit.writers import claim
from lockgate.core.sink import Event, SinkError
from lockgate.sinks.file.disk import SystemDisk
from lockgate.sinks.file.sink import Limits, Segments

LIMITS = Limits(16 << 20, 366 * 86400.0, pack=False)


def noted(data: Path, what: str, **details: str) -> None:
    """Durable when it returns. A log that cannot be written is complained of on stderr: a key has to be revocable always."""
    try:
        _write(data, Event(ts=time.time(), event=what, who=f"cli:{_user()}", details=details))
    except (OSError, ValueError, SinkError) as error:
        print(f"lockgate: this is not in the audit log, which cannot be written: {error}", file=sys.stderr)


def _write(data: Path, event: Event) -> None:
    folder = data / FOLDER
    writer, lock = claim(folder, "cli")
    try:
        sink = Segments(folder, writer, LIMITS, time.time, SystemDisk())
        tail = sink.recover()
        sink.release()  # no process that has to say a last word
        chain = Chain(writer, key_file.current(data), tail)
        text, digests = chain.lines([*tail.notes, event])
        sink.write(text)
        spans = Spans(folder, writer, 0.0)
        spans.add(tail.seq + 1, digests)
        spans.flush(now=True)
        sink.close()
    finally:
        os.close(lock)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())

"""A control group of a test's own, of version 1 or 2; skips where none can be made, and leaves none behind."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import pytest

ROOT = Path("/sys/fs/cgroup")
MEMORY = ("memory.max", "memory.limit_in_bytes")
PROCESSOR = ("cpu.max", "cpu.cfs_quota_us")
FREEZER = ("cgroup.freeze", "freezer.state")
"""The file of version 2, and that of version 1."""
WAIT = 5.0


class Group:
    """What is written to its one file of a kind, and who is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def limit(self, kind: Sequence[str], new: str, old: str) -> None:
        """By the words of version 2, or those of version 1."""
        for name, value in zip(kind, (new, old), strict=True):
            if (self.folder / name).exists():
                (self.folder / name).write_text(value)

    def put(self, pids: Sequence[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                (self.folder / "cgroup.procs").write_text(str(pid))

    @property
    def within(self) -> list[str]:
        """A command that enters it and becomes what it gets as arguments."""
        return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs")]

    @property
    def throttled(self) -> int:
        """In how many periods it had used up its share of the processor."""
        lines = (self.folder / "cpu.stat").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("nr_throttled "))

    @property
    def memory(self) -> int:
        """Bytes that are used."""
        for name in ("memory.current", "memory.usage_in_bytes"):
            with suppress(OSError):
                return int((self.folder / name).read_text())
        raise LookupError("nobody counts what is used")

    @property
    def killed(self) -> int:
        """How many processes the kernel killed for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                lines = (self.folder / name).read_text().splitlines()
                return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
        raise LookupError("nobody counts who is killed")

    def remove(self) -> None:
        """Whoever is still in it goes where we are."""
        self.limit(FREEZER, "0", "THAWED")
        end = time.monotonic() + WAIT
        while True:
            for pid in (self.folder / "cgroup.procs").read_text().split():
                with suppress(OSError):
                    (self.folder.parent / "cgroup.procs").write_text(pid)
            try:
                self.folder.rmdir()
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return


@contextmanager
def group(kind: Sequence[str]) -> Iterator[Group]:
    """One that can do this; ended with the block, whatever happens in it."""
    made = _made(kind)
    if made is None:
        pytest.skip(
            f"a control group with {' or '.join(kind)} cannot be made here: that needs root and a writable {ROOT}"
        )
    try:
        yield made
    finally:
        made.remove()


def _made(kind: Sequence[str]) -> Group | None:
    name = f"lockgate-test-{os.getpid()}-{token_hex(4)}"
    for top in (ROOT, ROOT / "unified", ROOT / kind[1].partition(".")[0]):
        if not (top / "cgroup.procs").exists():
            continue
        with suppress(OSError):
            (top / name).mkdir()
            found = Group(top / name)
            if any((found.folder / file).exists() for file in kind):
                return found
            found.remove()
    return None

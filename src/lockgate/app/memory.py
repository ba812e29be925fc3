"""How much memory there is for this process, and how much of it is used: read from /proc and the cgroup, version 1 or 2."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import final

_PAGE = os.sysconf("SC_PAGE_SIZE")
_UNLIMITED = 1 << 60
"""Version 1 says no limit with a number that no machine has."""
_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Limit, use, and what of the use the kernel gives up before it kills: of version 2, and of version 1."""


@final
class Memory:
    """`megabytes` is what all processes may use together, None for what the system gives; `workers` share it equally.

    A worker's own pages count with those that it shares with its parent, so that all workers together never seem to use
    less than they do. What the cgroup counts besides (the kernel's buffers, other processes) counts as long as at least half
    of it is ours: where others fill it, refusing requests would free nothing.
    """

    __slots__ = ("_group", "_proc", "limit", "workers")

    def __init__(
        self, megabytes: int | None, workers: int, *, root: Path = Path("/sys/fs/cgroup"), proc: Path = Path("/proc")
    ) -> None:
        self._proc = proc
        self.workers = workers
        self._group = None if megabytes is not None else _group(root, proc)
        if megabytes is not None:
            self.limit = megabytes * 1024 * 1024
        else:
            physical = _physical(proc)
            self.limit = min(self._group[0], physical) if self._group else physical

    def used(self) -> float:
        """The part of it that is used, 1 for all; 0 where nothing can be known."""
        ours = _resident(self._proc) * self.workers
        whole = ours
        if self._group is not None:
            whole = max(ours, _used(*self._group[1:]))
            if ours * 2 < whole:
                whole = ours
        return whole / self.limit if self.limit else 0.0


Group = tuple[int, Path, str, str]


def _group(root: Path, proc: Path) -> Group | None:
    """The cgroup with the least limit among this process's own and those around it: limit, folder, names of its files."""
    found: list[Group] = []
    for folder in _folders(root, proc):
        for limit, use, idle in _FILES:
            value = _number(folder / limit)
            if value is not None and 0 < value < _UNLIMITED:
                found.append((value, folder, use, idle))
    return min(found, key=lambda each: each[0], default=None)


def _folders(root: Path, proc: Path) -> Iterator[Path]:
    """In a container the path may be that of the host, which is not there: then the mount itself is ours."""
    lines: list[str] = []
    with suppress(OSError):
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    for line in lines:
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        if number == "0" or "memory" in controllers.split(","):
            top = root if number == "0" else root / "memory"
            at = top / path.strip("/")
            yield from [each for each in (at, *at.parents) if each.is_relative_to(top) and each.is_dir()]


def _used(folder: Path, use: str, idle: str) -> int:
    used = _number(folder / use) or 0
    with suppress(OSError, ValueError):
        for line in (folder / "memory.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == idle:
                return max(0, used - int(value))
    return used


def _number(path: Path) -> int | None:
    """None also for `max`, which is no limit."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _resident(proc: Path) -> int:
    try:
        return int((proc / "self" / "statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _physical(proc: Path) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in (proc / "meminfo").read_text().splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) * 1024
    return 0

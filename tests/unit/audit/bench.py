"""A sink `file` with a chain before it, and a disk that fails where it is told to."""

import errno
import os
from pathlib import Path

from lockgate.audit.chain import Chain, ChainKey
from lockgate.audit.segments import listed
from lockgate.audit.verify import Trust, verify
from lockgate.core.sink import Event, Tail
from lockgate.sinks.file.disk import SystemDisk
from lockgate.sinks.file.sink import Limits, Segments

KEY = ChainKey("0123abcd", b"k" * 32)
LIMITS = Limits(1 << 20, 3600, pack=False)


class Disk(SystemDisk):
    """Fails where it is told to: `creates`, `syncs` and `writes` are taken in turn; an errno is raised, a number is a short write."""

    def __init__(self) -> None:
        super().__init__()
        self.creates: list[int] = []
        self.syncs: list[int] = []
        self.writes: list[int] = []
        self.no_cut = False

    def create(self, path: Path) -> int:
        if self.creates and (say := self.creates.pop(0)):
            raise OSError(say, os.strerror(say))
        return super().create(path)

    def write(self, file: int, content: bytes) -> int:
        say = self.writes.pop(0) if self.writes else 0
        if say < 0:
            raise OSError(-say, os.strerror(-say))
        return super().write(file, content[:say] if say else content)

    def sync(self, file: int) -> None:
        if self.syncs and (say := self.syncs.pop(0)):
            raise OSError(say, os.strerror(say))
        super().sync(file)

    def truncate(self, file: int, size: int) -> None:
        if self.no_cut:
            raise OSError(errno.EIO, "no")
        super().truncate(file, size)


class Bench:
    """A sink with a chain before it, as the thread has them."""

    def __init__(self, folder: Path, disk: Disk | None = None, limits: Limits = LIMITS) -> None:
        self.folder = folder
        self.disk = disk or Disk()
        self.sink = Segments(folder, "w0", limits, lambda: 5.0, self.disk)
        self.tail: Tail = self.sink.recover()
        self.chain = Chain("w0", KEY, self.tail)
        self.notes = list(self.tail.notes)
        self.waiting = b""

    def put(self, number: int = 3) -> None:
        lines, _ = self.chain.lines(Event(ts=1.0, event=f"e{n}") for n in range(number))
        self.waiting += lines
        self.again()

    def again(self) -> None:
        notes = self.sink.write(self.waiting)
        self.waiting = b""
        self.notes += notes
        if notes:
            self.waiting, _ = self.chain.lines(notes)
            self.again()

    def good(self) -> int:
        """How many records there are; all of them are well."""
        verdict = verify(self.folder, Trust({KEY.id: KEY}))
        assert verdict.bad == ()
        return verdict.records

    @property
    def files(self) -> list[str]:
        return [segment.path.name for segment in listed(self.folder).get("w0", [])]

"""Writes lines into segments. What a flush did not confirm counts as lost and is written again, into a new file."""

import errno
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from lockgate.audit.segments import listed, name
from lockgate.audit.tail import end_of
from lockgate.core.sink import Event, SinkError, Tail
from lockgate.sinks.file.disk import Disk
from lockgate.sinks.file.packing import Packer
from lockgate.sinks.file.reserve import Reserve

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


class Limits(Struct, frozen=True):
    """When a segment is closed: bytes and seconds; and whether it is packed then."""

    size: int
    age: float
    pack: bool = True


class Segments:
    """One writer's segments. After a failed flush nobody can know what the disk has (the kernel may have dropped the pages
    and call the next flush a success): the segment is left as it is, and the lines go into a new one.
    """

    def __init__(self, folder: Path, writer: str, limits: Limits, now: Callable[[], float], disk: Disk) -> None:
        self._folder, self._writer, self._limits, self._now, self._disk = folder, writer, limits, now, disk
        self._packer = Packer(folder, writer) if limits.pack else None
        self._reserve = Reserve(folder / f"{writer}.reserve")
        self._file: int | None = None
        self._path = Path()
        self._number = 0
        self._size = 0
        self._began = 0.0
        self._notes: list[Event] = []

    def recover(self) -> Tail:
        segments = listed(self._folder).get(self._writer, [])
        end = end_of(segments)
        if segments:
            self._number, self._path = segments[-1].number, segments[-1].path
        if segments and not segments[-1].packed:
            self._take_up(segments[-1].path, end.size, torn=bool(end.torn))
        if end.torn:
            self._note("torn_tail_cut", bytes=str(len(end.torn)), sha256=hashlib.sha256(end.torn).hexdigest())
        self._reserve.make()
        notes, self._notes = tuple(self._notes), []
        return Tail(end.seq, end.seal, notes)

    def write(self, lines: bytes) -> tuple[Event, ...]:
        try:
            self._written(lines)
        except OSError as error:
            raise SinkError(f"{self._path or self._folder}: {error.strerror or error}") from error
        notes, self._notes = tuple(self._notes), []
        return notes

    def release(self) -> None:
        self._reserve.free()

    def close(self) -> None:
        if self._file is not None:
            self._leave()
        if self._packer is not None:
            self._packer.wait()

    def _written(self, lines: bytes) -> None:
        if self._file is None or self._size >= self._limits.size or self._now() - self._began >= self._limits.age:
            self._afresh(lines)
        else:
            self._onward(lines)
        if not self._disk.same(self._open, self._path, self._size):
            self._note("segment_missing")
            self._leave()
            self._afresh(lines)

    def _onward(self, lines: bytes) -> None:
        try:
            self._append(lines)
        except OSError as error:
            if self._cut() and error.errno in FULL:
                raise  # a full disk took nothing, and gets the lines again when it has room
            self._note("segment_abandoned", bytes=str(self._size), error=str(error.strerror))
            self._leave()
            self._afresh(lines)

    def _afresh(self, lines: bytes) -> None:
        """Into a new segment. One in which nothing was flushed yet is as if it had not been."""
        self._begin()
        try:
            self._append(lines)
        except OSError:
            with suppress(OSError):
                self._path.unlink()
            self._leave()
            self._number -= 1
            raise

    @property
    def _open(self) -> int:
        if self._file is None:
            raise SinkError("no segment is open")
        return self._file

    def _append(self, lines: bytes) -> None:
        written = 0
        while written < len(lines):
            written += self._disk.write(self._open, lines[written:] if written else lines)
        self._disk.sync(self._open)
        self._size += len(lines)

    def _cut(self) -> bool:
        """Takes back what is behind the last flush, so that no line stands in two segments."""
        try:
            self._disk.truncate(self._open, self._size)
        except OSError:
            return False
        return True

    def _begin(self) -> None:
        """A new segment; the one before is closed, and packed when there is time."""
        number = max([self._number, *(each.number for each in listed(self._folder).get(self._writer, []))]) + 1
        path = self._folder / name(self._writer, number)
        file = self._disk.create(path)
        if self._file is not None:
            self._leave()
        self._file, self._path, self._number, self._size, self._began = file, path, number, 0, self._now()
        if self._packer is not None:
            self._packer.pack_before(number)

    def _leave(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                self._disk.close(file)

    def _take_up(self, path: Path, size: int, *, torn: bool) -> None:
        """Goes on in the segment where an earlier process stopped."""
        try:
            self._file = self._disk.reopen(path)
            if torn:
                self._disk.truncate(self._file, size)
                self._disk.sync(self._file)
        except OSError as error:
            raise SinkError(f"{path}: {error.strerror}") from error
        self._path, self._size, self._began = path, size, self._now()

    def _note(self, what: str, **details: str) -> None:
        """For the chain, once it goes on."""
        details["file"] = self._path.name
        self._notes.append(Event(ts=self._now(), event=what, who=self._writer, details=details))

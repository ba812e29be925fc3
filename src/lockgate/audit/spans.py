"""The leaves of the signed tree: runs of lines of one writer, appended to one file by all of them.

{"writer":"w0","first":1,"last":57,"digest":"<SHA-256 of the digests of the lines, one after the other>"}
"""

import contextlib
import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic

import msgspec
from msgspec import Struct

from lockgate.audit.chain import TAIL, digest
from lockgate.audit.files import locked
from lockgate.audit.segments import Segment, chunks, listed

log = logging.getLogger("lockgate.audit")

FILE = "tree"
LINES = 256
"""The most lines of a span: a proof for one of them holds the digests of all."""
FIRST_SECONDS = 1.0


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    writer: str
    first: int
    last: int
    digest: str


decode = msgspec.json.Decoder(Span).decode


def span(writer: str, first: int, digests: Sequence[bytes]) -> Span:
    return Span(writer, first, first + len(digests) - 1, hashlib.sha256(b"".join(digests)).hexdigest())


class Spans:
    """One writer's spans. Lines are covered within `every` seconds, and at the end."""

    def __init__(self, folder: Path, writer: str, every: float) -> None:
        self._folder, self._writer, self._every = folder, writer, every
        self._lock = threading.Lock()
        self._first = 0
        self._digests: list[bytes] = []
        self._spans: list[Span] = []
        self._next = monotonic() + min(FIRST_SECONDS, every)
        self._caught_up = False

    @property
    def due(self) -> float:
        return max(0.0, self._next - monotonic())

    def add(self, first: int, digests: Sequence[bytes]) -> None:
        with self._lock:
            if not self._digests:
                self._first = first
            self._digests += digests
            while len(self._digests) >= LINES:
                self._close(LINES)

    def flush(self, *, now: bool = False) -> None:
        """Never raises: what could not be written stays for the next time."""
        if not now and self.due:
            return
        self._next = monotonic() + self._every
        with self._lock:
            if self._digests:
                self._close(len(self._digests))
            if not self._spans:
                return
            try:
                self._append()
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                log.warning("lines are not covered by the signed tree yet: %s", error)
            else:
                self._spans.clear()

    def _close(self, number: int) -> None:
        self._spans.append(span(self._writer, self._first, self._digests[:number]))
        self._first += number
        del self._digests[:number]

    def _append(self) -> None:
        with locked(self._folder / "tree.lock"):
            path = self._folder / FILE
            if not self._caught_up:
                missing = list(uncovered(path, self._folder, self._writer, self._spans[0].first))
                self._spans[:0] = missing
                self._caught_up = True
            append(path, self._spans)


def append(path: Path, spans: Sequence[Span]) -> None:
    """Durable when it returns. A torn last line of a process that was killed is cut first. Under the lock."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        _cut_torn(handle)
        _append_all(handle, b"".join(msgspec.json.encode(each) + b"\n" for each in spans))
    finally:
        os.close(handle)


def _append_all(handle: int, content: bytes) -> None:
    """All of it, or nothing."""
    size = os.fstat(handle).st_size
    try:
        written = 0
        while written < len(content):
            written += os.write(handle, content[written:])
        os.fdatasync(handle)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, size)
        raise


def uncovered(path: Path, folder: Path, writer: str, until: int) -> Iterator[Span]:
    """What an earlier process of this writer wrote and did not live to cover."""
    first = covered(path, writer) + 1
    if first >= until:
        return
    digests: list[bytes] = []
    for line in lines_from(folder, writer, first, until - 1):
        digests.append(digest(line[:-TAIL]))
        if len(digests) == LINES:
            yield span(writer, first, digests)
            first, digests = first + LINES, []
    if digests:
        yield span(writer, first, digests)


def covered(path: Path, writer: str) -> int:
    """The number of the writer's last line that is in the tree."""
    last = 0
    if path.exists():
        mark = f'{{"writer":"{writer}",'.encode()
        with path.open("rb") as file:
            for line in file:
                if line.startswith(mark) and line.endswith(b"\n"):
                    last = decode(line).last
    return last


def lines_from(folder: Path, writer: str, first: int, last: int) -> Iterator[bytes]:
    """The writer's lines with these numbers, without their ends; each once, also where a segment was abandoned."""
    wanted = first
    for segment in _holding(folder, writer, first):
        rest = b""
        for chunk in chunks(segment):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if line.startswith(b'{"seq":%d,' % wanted):
                    yield line
                    wanted += 1
                    if wanted > last:
                        return


def _holding(folder: Path, writer: str, first: int) -> Iterator[Segment]:
    """The segments from the one on in which the line stands."""
    rows = listed(folder).get(writer, [])
    start = 0
    for number, segment in enumerate(rows):
        head = next(iter(chunks(segment)), b"")[:40]
        begins = head[7 : head.find(b",")] if head.startswith(b'{"seq":') else b""
        if begins.isdigit() and int(begins) <= first:
            start = number
    yield from rows[start:]


def _cut_torn(handle: int) -> None:
    size = os.fstat(handle).st_size
    block = os.pread(handle, 4096, max(0, size - 4096))
    if block and not block.endswith(b"\n"):
        os.ftruncate(handle, size - len(block) + block.rfind(b"\n") + 1)

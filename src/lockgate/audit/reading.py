"""Reads records of the log: those that are asked for, in the order of their time."""

import heapq
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from lockgate.audit.segments import Segment, chunks, listed

_decode = msgspec.json.Decoder(dict[str, Any]).decode
KINDS = ("intent", "further", "outcome", "event")
_STATUS = re.compile("|[1-5](xx|[0-9]{2})")
_STAMP = re.compile(rb'"ts":"([^"]{1,40})"')


class Wanted(Struct, frozen=True):
    """Which records; what is empty does not matter. Times are RFC 3339 in UTC, as in the lines. `status` is like 503 or 5xx.

    `ValueError` for what no record can have: that is a slip, and not an empty log.
    """

    kind: str = ""
    request_id: str = ""
    team: str = ""
    key_id: str = ""
    model: str = ""
    upstream: str = ""
    status: str = ""
    end: str = ""
    event: str = ""
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("", *KINDS):
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        if _STATUS.fullmatch(self.status) is None:
            raise ValueError("status is like 503 or 5xx")
        if self.until and self.since > self.until:
            raise ValueError("since is later than until: nothing is between them")

    @property
    def marks(self) -> list[bytes]:
        """Bytes that stand in every line that is wanted: most lines are passed over without being decoded."""
        names = ("kind", "request_id", "team", "key_id", "model", "end", "event")
        found = [(name, getattr(self, name)) for name in names]
        return [
            f'"{name}":"{value}"'.encode() for name, value in found if value and value.isascii() and '"' not in value
        ]

    def takes(self, record: dict[str, Any]) -> bool:
        names = ("kind", "request_id", "team", "key_id", "model", "upstream", "end", "event")
        wanted = ((name, getattr(self, name)) for name in names)
        return all(record.get(name) == value for name, value in wanted if value) and self._status(
            record.get("status", 0)
        )

    def _status(self, status: int) -> bool:
        return not self.status or str(status) == self.status or f"{status // 100}xx" == self.status


class Found(NamedTuple):
    """A record and its line, without the line break."""

    ts: str
    writer: str
    seq: int
    line: bytes
    record: dict[str, Any]


def read(folder: Path, wanted: Wanted) -> Iterator[Found]:
    """All writers' records together, by their time. `ValueError` for a line that is none."""
    rows = [_of_writer(segments, wanted) for segments in listed(folder).values()]
    return heapq.merge(*rows, key=_when)


def _when(found: Found) -> tuple[str, str, int]:
    return found[:3]


def _of_writer(segments: list[Segment], wanted: Wanted) -> Iterator[Found]:
    last, marks = 0, wanted.marks
    for segment in segments:
        for line in _lines(segment):
            found = decoded(line, wanted, marks, segment)
            if found is None:
                continue
            if found.seq > last and wanted.takes(found.record):  # an abandoned segment's end comes again in the next
                yield found
            last = max(last, found.seq)


def decoded(line: bytes, wanted: Wanted, marks: Sequence[bytes], segment: Segment) -> Found | None:
    """None for a line of which its bytes say already that it is not wanted. `ValueError` for a line that is none."""
    if not _in_time(line, wanted) or any(mark not in line for mark in marks):
        return None
    try:
        record = _decode(line)
        return Found(str(record["ts"]), str(record["writer"]), int(record["seq"]), line, record)
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{segment.path.name}: there is a line that is not one of the log") from error


def _in_time(line: bytes, wanted: Wanted) -> bool:
    stamp = _STAMP.search(line, 0, 100)
    if stamp is None:
        return True
    at = stamp[1].decode()
    return (not wanted.since or at >= wanted.since) and (not wanted.until or at < wanted.until)


def _lines(segment: Segment) -> Iterator[bytes]:
    """A last line that is not whole is left out."""
    rest = b""
    for chunk in chunks(segment):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole

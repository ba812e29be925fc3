"""The log a page at a time: records that are wanted, from a place in it on, with bounded work for each page."""

import heapq
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lockgate.audit.reading import Found, Wanted, decoded
from lockgate.audit.segments import Segment, chunks, listed

BUDGET = 64 << 20
"""Bytes of lines that are looked at for a page; then the next one goes on from there."""
MARGIN = timedelta(minutes=15)
"""How much earlier than its moment a line may stand in the log: clocks are set, and processes wait."""
HEAD = 256
_PLACE = re.compile(r"([a-z][a-z0-9]{0,15})\.([0-9]{1,18})")
_BEGIN = re.compile(rb'\{"seq":([0-9]{1,18}),"ts":"([^"]{1,40})"')


class Page(NamedTuple):
    """`next` is where the next page begins, at the log's end too; `more`: there is something behind it already."""

    found: list[Found]
    next: str
    more: bool


class _Row(NamedTuple):
    """A record that is wanted, or None and how far was read without one."""

    ts: str
    writer: str
    seq: int
    found: Found | None


class _Work:
    """What the page has cost so far."""

    spent = 0


def page(folder: Path, wanted: Wanted, limit: int, begin: Mapping[str, int], budget: int = BUDGET) -> Page:
    """At most `limit` records behind `begin`, in the order of their time. `ValueError` for a line that is none."""
    reached = dict(begin)
    work, found, more = _Work(), list[Found](), False
    rows = [_rows(each, wanted, begin.get(writer, 0), work) for writer, each in listed(folder).items()]
    for row in heapq.merge(*rows, key=lambda row: row[:3]):
        reached[row.writer] = row.seq
        if row.found is not None:
            found.append(row.found)
        if len(found) >= limit or work.spent > budget:
            more = True
            break
    return Page(found, "-".join(f"{writer}.{seq}" for writer, seq in sorted(reached.items())), more)


def places(text: str) -> Mapping[str, int]:
    """What `next` of a page says: the last line of each writer that was looked at. `ValueError`."""
    found = {}
    for each in text.split("-") if text else ():
        match = _PLACE.fullmatch(each)
        if match is None:
            raise ValueError("cursor is the `next` of a page before")
        found[match[1]] = int(match[2])
    return found


def _rows(segments: Sequence[Segment], wanted: Wanted, last: int, work: _Work) -> Iterator[_Row]:
    marks = wanted.marks
    for segment in islice(segments, _start(segments, wanted.since, last), None):
        rest = b""
        for chunk in chunks(segment):
            *whole, rest = (rest + chunk).split(b"\n")
            ts = b""
            for line in whole:
                begin = _BEGIN.match(line)
                if begin is None:
                    raise ValueError(f"{segment.path.name}: there is a line that is not one of the log")
                if (seq := int(begin[1])) <= last:
                    continue  # before the place; or an abandoned segment's end, which comes again in the next
                last, ts = seq, begin[2]
                work.spent += len(line)
                found = decoded(line, wanted, marks, segment)
                if found is not None and wanted.takes(found.record):
                    yield _Row(found.ts, found.writer, seq, found)
            if ts:
                yield _Row(ts.decode(), segment.writer, last, None)


def _start(segments: Sequence[Segment], since: str, last: int) -> int:
    """The segment to begin with: all before it end before the place, or before the time."""
    early = ""
    with suppress(OverflowError):  # the year 1
        early = since and (datetime.fromisoformat(since) - MARGIN).isoformat()

    def later(segment: Segment) -> bool:
        begin = _BEGIN.match(next(iter(chunks(segment, HEAD)), b""))
        return begin is None or not (int(begin[1]) <= last + 1 or begin[2].decode() < early)

    return max(0, bisect_left(segments, True, key=later) - 1)

"""What the audit log says was charged, so that a store of limits that lost its memory gets it back.

An outcome says what was charged. An intent without one is a request that nobody knows the end of: it is charged with all
it had reserved, also for further attempts. So the sum is never less than what was spent.
"""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from math import inf
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lockgate.audit.segments import Segment, chunks, listed
from lockgate.core.allowance import Limit
from lockgate.core.limit import Charge

CALENDAR = 32 * 86_400.0
"""Seconds in the longest period of a calendar, and a day."""
_MARKS = (b'"charges":[[', b'"kind":"intent"', b'"kind":"outcome"')
"""What is looked at: what was charged or reserved, beginnings, and ends."""


class Line(Struct, frozen=True, gc=False):
    """As much of a line as is needed here."""

    kind: str
    ts: str
    request_id: str
    charges: tuple[Charge, ...] = ()
    admitted: bool = True


_decode = msgspec.json.Decoder(Line).decode


def longest(limit: Limit) -> float:
    """How far back a limit looks, in seconds."""
    return CALENDAR if limit.calendar else limit.shape.per / 1e6


def charges(folder: Path, since: float = 0) -> Iterator[Charge]:
    """In the order of their times; those of requests without an end come last. None from before `since`."""
    begun: dict[str, list[tuple[Charge, ...]]] = {}
    further: dict[str, list[Charge]] = {}
    writers = [[each for each in row if _changed(each.path) >= since] for row in listed(folder).values()]
    for line in heapq.merge(*map(_lines, writers), key=lambda line: line.ts):
        at = int(datetime.fromisoformat(line.ts).timestamp() * 1e6)
        charged = tuple(replace(charge, at=at) for charge in line.charges)
        if line.kind == "intent":
            begun.setdefault(line.request_id, []).append(charged)
            continue
        if line.kind == "further":
            further.setdefault(line.request_id, []).extend(charged)
            continue
        if line.kind == "outcome" and line.admitted and (intents := begun.get(line.request_id)):
            # A client may use an id again: whose end this is nobody can tell, so what is left is the most that it may be.
            intents.remove(min(intents, key=_total))
            if not intents:  # whose further attempts those were is known when all have ended
                del begun[line.request_id]
                further.pop(line.request_id, None)
        yield from charged if at >= since * 1e6 else ()
    yield from (charge for intents in begun.values() for charged in intents for charge in charged)
    yield from (charge for charged in further.values() for charge in charged)


def _changed(path: Path) -> float:
    """What is gone was packed this moment."""
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return inf


def _total(charged: Sequence[Charge]) -> int:
    return sum(charge.amount for charge in charged)


def _lines(segments: Sequence[Segment]) -> Iterator[Line]:
    """Of one writer. A line that a crash has cut, or a segment that cannot be unpacked, is the audit log's business."""
    for segment in segments:
        rest = b""
        with suppress(ValueError):
            for chunk in chunks(segment):
                *whole, rest = (rest + chunk).split(b"\n")
                for raw in whole:
                    if any(mark in raw for mark in _MARKS):
                        with suppress(msgspec.DecodeError):
                            yield _decode(raw)

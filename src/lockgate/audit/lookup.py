"""One request's records in the log, and where each of them stands: its file, and its leaf in the signed tree."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from lockgate.audit.notary import LATEST
from lockgate.audit.note import checkpoint
from lockgate.audit.reading import Found, Wanted, decoded
from lockgate.audit.segments import Segment, chunks, listed
from lockgate.audit.spans import FILE, decode

MOST = 1 << 30
"""Bytes of the log that are looked through, the newest first."""
RECORDS = 100
"""So many are shown of a request, the last ones; a client can use its id again and again."""


class Standing(NamedTuple):
    """`leaf` None: no span of the tree has the line yet. `signed`: a checkpoint has the leaf."""

    found: Found
    segment: str
    leaf: int | None = None
    signed: bool = False


class Looked(NamedTuple):
    """`whole`: the whole log was looked through."""

    records: list[Standing]
    whole: bool


def lookup(folder: Path, request_id: str, most: int = MOST) -> Looked:
    """In the order of their time. `ValueError` for a line that is none."""
    wanted = Wanted(request_id=request_id)
    mark, spent = f'"request_id":"{request_id}"'.encode(), 0
    records: dict[tuple[str, int], Standing] = {}
    for segment in _newest_first(folder):
        for size, line in _lines(segment, mark):
            spent += size
            found = decoded(line, wanted, (), segment) if line else None
            if found is not None and wanted.takes(found.record):
                records.setdefault((found.writer, found.seq), Standing(found, segment.path.name))
        if spent > most or len(records) >= RECORDS:
            return Looked(_placed(folder, records), whole=False)
    return Looked(_placed(folder, records), whole=True)


def _newest_first(folder: Path) -> Iterator[Segment]:
    """All writers' last ones, then the ones before."""
    for row in zip_longest(*map(reversed, listed(folder).values())):
        yield from filter(None, row)


def _lines(segment: Segment, mark: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that the mark stands in. Also, without a line, how many bytes were looked through."""
    rest = b""
    for chunk in chunks(segment):
        text = rest + chunk
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        yield len(chunk), b""
        if mark in text:
            yield from ((0, line) for line in text[:end].split(b"\n") if mark in line)


def _placed(folder: Path, records: dict[tuple[str, int], Standing]) -> list[Standing]:
    """Each with its leaf."""
    ordered = sorted(records.values())[-RECORDS:]
    leaves, size = _leaves(folder, ordered), _signed(folder)
    return [
        each._replace(leaf=leaf, signed=leaf is not None and leaf < size)
        for each, leaf in zip(ordered, leaves, strict=True)
    ]


def _leaves(folder: Path, records: list[Standing]) -> list[int | None]:
    path = folder / FILE
    leaves: list[int | None] = [None] * len(records)
    if not records or not path.exists():
        return leaves
    marks = tuple({f'{{"writer":"{each.found.writer}",'.encode() for each in records})
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if line.startswith(marks) and line.endswith(b"\n"):
                span = decode(line)
                for at, (found, *_) in enumerate(records):
                    if found.writer == span.writer and span.first <= found.seq <= span.last:
                        leaves[at] = number
    return leaves


def _signed(folder: Path) -> int:
    """How many leaves the last checkpoint has."""
    path = folder / LATEST
    return checkpoint(path.read_text(encoding="utf-8").partition("\n\n")[0] + "\n").size if path.exists() else 0

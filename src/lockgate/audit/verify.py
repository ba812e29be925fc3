"""Reads a whole log and says whether it is as it was written."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from lockgate.audit.chain import ChainKey
from lockgate.audit.check_chain import Bad, ChainCheck, Wrong
from lockgate.audit.files import taken
from lockgate.audit.segments import Segment, chunks, listed


class Verdict(Struct, frozen=True):
    """What was read, and everything that is bad: of each chain the first line."""

    records: int
    size: int
    writers: int
    bad: tuple[Bad, ...]


def verify(folder: Path, keys: Mapping[str, ChainKey]) -> Verdict:
    found = listed(folder)
    bad: list[Bad] = []
    records = size = 0
    for writer, segments in found.items():
        chain = ChainCheck(writer, keys)
        try:
            size += read(chain, segments, live=_alive(folder, writer))
        except Wrong as wrong:
            bad.append(wrong.bad)
        records += chain.seq
    return Verdict(records, size, len(found), tuple(bad))


def read(chain: ChainCheck, segments: Iterable[Segment], *, live: bool) -> int:
    """Feeds all segments of one writer; the bytes that were read. Raises `Wrong`."""
    size = 0
    rows = list(segments)
    for number, segment in enumerate(rows):
        chain.begin(segment.path.name)
        try:
            for chunk in chunks(segment):
                size += len(chunk)
                chain.feed(chunk)
        except (OSError, ValueError) as error:
            raise Wrong(Bad(segment.path.name, 0, str(error))) from error
        chain.end(last=number == len(rows) - 1, live=live)
    return size


def _alive(folder: Path, writer: str) -> bool:
    """Whether a process holds the writer's name."""
    import os  # noqa: PLC0415

    path = folder / f"{writer}.lock"
    if not path.exists():
        return False
    try:
        lock = taken(path)
    except OSError:
        return False
    if lock is None:
        return True
    os.close(lock)
    return False

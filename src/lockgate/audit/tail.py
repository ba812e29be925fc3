"""The end of a writer's last segment, as a process finds it that died or was killed before."""

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from lockgate.audit.chain import START
from lockgate.audit.segments import Segment, chunks

_LINE = re.compile(rb'\{"seq":([1-9][0-9]{0,18}),"ts":"[^"]*",[ -~]*,"seal":"([0-9a-f]{32})"\}')
_BLOCK = 1 << 20


class End(Struct, frozen=True):
    """The last whole line's number and seal. `torn` is what stands behind it, `size` where the line ends."""

    seq: int = 0
    seal: str = START
    size: int = 0
    torn: bytes = b""


def end_of(segments: Sequence[Segment]) -> End:
    """Of the last segment; where it has no whole line, number and seal are those of the one before."""
    if not segments:
        return End()
    last = segments[-1]
    size, block = _last_block(last)
    start = size - len(block)
    torn = b""
    while block:
        body, _, rest = block.removesuffix(b"\n").rpartition(b"\n")
        whole = _LINE.fullmatch(rest) if block.endswith(b"\n") else None
        if whole is not None:
            return End(int(whole[1]), whole[2].decode(), start + len(block), torn)
        cut = len(body) + 1 if body or block.startswith(b"\n") else 0
        torn, block = block[cut:] + torn, block[:cut]
    before = end_of(segments[:-1])
    return End(before.seq, before.seal, start, torn)


def _last_block(segment: Segment) -> tuple[int, bytes]:
    """The segment's size, and as much of its end as a torn line can be long."""
    if not segment.packed:
        return _plain_block(segment.path)
    size, kept = 0, b""
    for chunk in chunks(segment):
        size += len(chunk)
        kept = (kept + chunk)[-_BLOCK:]
    return size, kept


def _plain_block(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _BLOCK))
        return size, file.read()

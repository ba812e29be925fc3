"""The files of the log: a row of numbered segments for each writer, the closed ones packed."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

FOLDER = "audit"
PLAIN, PACKED = ".jsonl", ".jsonl.zst"
_NAME = re.compile(r"([a-z][a-z0-9]{0,15})-([0-9]{8})(\.jsonl(?:\.zst)?)")
CHUNK = 1 << 20


class Segment(Struct, frozen=True, order=True):
    writer: str
    number: int
    path: Path

    @property
    def packed(self) -> bool:
        return self.path.name.endswith(PACKED)


def name(writer: str, number: int) -> str:
    return f"{writer}-{number:08d}{PLAIN}"


def listed(folder: Path) -> Mapping[str, list[Segment]]:
    """All segments by their writer, in order. One that is there both plain and packed comes once, plain."""
    found: dict[tuple[str, int], Segment] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is not None:
            found.setdefault((match[1], int(match[2])), Segment(match[1], int(match[2]), path))
    writers: dict[str, list[Segment]] = {}
    for key in sorted(found):
        writers.setdefault(key[0], []).append(found[key])
    return writers


def chunks(segment: Segment, size: int = CHUNK) -> Iterator[bytes]:
    """The segment's bytes, unpacked. `ValueError` for a packed one that is damaged."""
    file, packed = _opened(segment.path)
    with file:
        if not packed:
            while chunk := file.read(size):
                yield chunk
            return
        import zstandard  # noqa: PLC0415  only for packed segments

        try:
            yield from zstandard.ZstdDecompressor().read_to_iter(file, write_size=size)
        except zstandard.ZstdError as error:
            raise ValueError(f"it cannot be unpacked: {error}") from error


def _opened(path: Path) -> tuple[BinaryIO, bool]:
    """And whether it is packed: it may have been since it was listed."""
    try:
        return path.open("rb"), path.name.endswith(PACKED)
    except FileNotFoundError:
        if path.name.endswith(PACKED):
            raise
    return path.with_name(path.name.removesuffix(PLAIN) + PACKED).open("rb"), True


def pack(path: Path, draft: Path) -> None:
    """Writes the segment's packed form to `draft`, durable."""
    import os  # noqa: PLC0415

    import zstandard  # noqa: PLC0415

    with path.open("rb") as source, draft.open("wb") as target:
        draft.chmod(0o600)
        zstandard.ZstdCompressor(level=3, write_checksum=True).copy_stream(source, target)
        target.flush()
        os.fsync(target.fileno())

"""`keys.json`: the keys as a person may read them, one on each line. What it says is what holds."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.core.store import Keys, StoredKey
from lockgate.stores.key_file.table import Row, row

FILE = "keys.json"
LIMIT = 1024 * 1024 * 1024
"""Bytes: some four million keys."""
_PIECE = 1 << 20


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: a version, so that a later Lockgate can tell, and the keys."""

    keys: tuple[StoredKey, ...]
    version: int = 1


class _Lines(Struct, frozen=True, forbid_unknown_fields=True):
    """The same, each key as it is written: a million of them take no room in the process."""

    keys: tuple[msgspec.Raw, ...]
    version: int = 1


_decode = msgspec.json.Decoder(Document).decode
_decode_lines = msgspec.json.Decoder(_Lines).decode
_key = msgspec.json.Decoder(StoredKey).decode
_encode = msgspec.json.Encoder().encode


def decode(raw: bytes) -> Keys:
    """The keys in the file's bytes. `ValueError` for what is not such a file."""
    document = _decode(raw)
    _known(document.version)
    return document.keys


def rows(raw: bytes) -> Iterator[Row]:
    """The keys in the file's bytes that a table has to know. `ValueError` for what is not such a file."""
    document = _decode_lines(raw)
    _known(document.version)
    for line in document.keys:
        if (made := row(_key(line), bytes(line))) is not None:
            yield made


def encode(keys: Keys) -> tuple[list[bytes], list[Row]]:
    """The file's bytes, in pieces, and the rows of its table."""
    lines = [_encode(key) for key in keys]
    table = [made for key, line in zip(keys, lines, strict=True) if (made := row(key, line)) is not None]
    pieces = [b'{"version":1,"keys":[']
    for number, line in enumerate(lines):
        pieces += (b",\n" if number else b"\n", line)
    return [*pieces, b"\n]}\n"], table


def digest(path: Path) -> bytes:
    """SHA-256 of a file's content."""
    hashed = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            hashed.update(piece)
    return hashed.digest()


def digest_of(pieces: list[bytes]) -> bytes:
    hashed = sha256()
    for piece in pieces:
        hashed.update(piece)
    return hashed.digest()


def _known(version: int) -> None:
    if version != 1:
        raise ValueError(f"it has version {version}; this Lockgate knows version 1")

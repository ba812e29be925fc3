"""The keys that sign checkpoints and receipts: made in the data folder, for its owner alone."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.audit.files import locked, make_folder, write_whole
from lockgate.audit.note import Signer, Verifier

FILE = "audit-signing.keys"
PUBLIC = "audit-signing.pub"
"""The public keys, one a line, in the form of C2SP verifier keys: to be kept where the log is verified."""


class Stored(Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is the log's: the same for all its keys."""

    name: str
    seed: str


_decode = msgspec.json.Decoder(tuple[Stored, ...]).decode


def signers(data: Path) -> Sequence[Signer]:
    """The key in force, and the one before it, which goes on signing so that who knows only that one is not left behind.

    Made at the first call. `ValueError` for a damaged file.
    """
    make_folder(data)
    path = data / FILE
    if not path.exists():
        write_whole(path, _encoded([Stored(f"lockgate.local/{os.urandom(6).hex()}", os.urandom(32).hex())]), new=True)
    found = [Signer(each.name, bytes.fromhex(each.seed)) for each in _read(path)[-2:]]
    _publish(data)
    return found


def verifiers(data: Path) -> Sequence[Verifier]:
    """The public keys of the data folder; none where there are none."""
    path = data / FILE
    if not path.exists():
        return ()
    return [Signer(each.name, bytes.fromhex(each.seed)).verifier for each in _read(path)]


def rotate(data: Path) -> None:
    """A new key under the log's name."""
    name = signers(data)[-1].verifier.name
    path = data / FILE
    with locked(data / f".{FILE}.lock"):
        write_whole(path, _encoded([*_read(path), Stored(name, os.urandom(32).hex())]))
    _publish(data)


def _publish(data: Path) -> None:
    text = "".join(f"{key.text()}\n" for key in verifiers(data))
    path = data / PUBLIC
    if not path.exists() or path.read_text() != text:
        write_whole(path, text.encode())


def _read(path: Path) -> tuple[Stored, ...]:
    try:
        stored = _decode(path.read_bytes())
        lengths = {len(bytes.fromhex(each.seed)) for each in stored}
    except (msgspec.MsgspecError, ValueError):
        lengths = set()
    if lengths != {32}:
        raise ValueError(f"{path} is damaged: put it back from a backup, for its public key is known to others")
    return stored


def _encoded(stored: Sequence[Stored]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n"

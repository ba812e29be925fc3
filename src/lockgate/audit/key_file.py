"""The keys of the chain: made in the data folder, for its owner alone. The last one seals, all of them verify."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.audit.chain import ChainKey
from lockgate.audit.files import locked, make_folder, write_whole

FILE = "audit-chain.keys"


class Stored(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    secret: str


_decode = msgspec.json.Decoder(tuple[Stored, ...]).decode


def current(data: Path) -> ChainKey:
    """The key that seals, made at the first call. `ValueError` for a damaged file, which is never replaced."""
    make_folder(data)
    path = data / FILE
    if not path.exists():
        write_whole(path, _encoded([_fresh()]), new=True)
    return list(_read(path).values())[-1]


def known(data: Path) -> Mapping[str, ChainKey]:
    """All keys by their ids; none where there is no file."""
    path = data / FILE
    return _read(path) if path.exists() else {}


def rotate(data: Path) -> ChainKey:
    """A new key that seals from each writer's next start on."""
    current(data)
    path = data / FILE
    with locked(data / f".{FILE}.lock"):
        key = _fresh()
        write_whole(path, _encoded([*_read(path).values(), key]))
    return key


def _read(path: Path) -> dict[str, ChainKey]:
    try:
        keys = {each.id: ChainKey(each.id, bytes.fromhex(each.secret)) for each in _decode(path.read_bytes())}
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError(
            f"{path} is damaged: put it back from a backup; without it the chain cannot be verified"
        ) from error
    if not keys:
        raise ValueError(f"{path} holds no key")
    return keys


def _fresh() -> ChainKey:
    return ChainKey(os.urandom(4).hex(), os.urandom(32))


def _encoded(keys: list[ChainKey]) -> bytes:
    stored = [Stored(key.id, key.secret.hex()) for key in keys]
    return msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n"

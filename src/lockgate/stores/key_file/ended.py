"""`keys.ended`: revocations that are in force before `keys.json` says so, which takes some seconds for a million keys.

Each line is the digest of a key and when it ended. It is written first, by whoever revokes; every process that knows keys reads it
when it looks, and refuses those in it. Whoever writes `keys.json` next takes them over and out of here. So `keys.json` alone says
who may come in, and this file, for a moment, who may not.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from mmap import ACCESS_READ, mmap
from pathlib import Path

import msgspec
from msgspec.structs import replace

from lockgate.core.store import Keys, KeyTable, StoredKey, StoreError
from lockgate.stores.key_file.document import FILE as KEYS
from lockgate.stores.key_file.files import locked, read_limited, remove, write_whole

FILE = "keys.ended"
LOCK = "keys.ended.lock"
_LIMIT = 64 * 1024 * 1024
_LONGEST = 64 * 1024
"""Bytes of a key in `keys.json`, as it is looked for here."""

_key = msgspec.json.Decoder(StoredKey).decode


class Less:
    """A `KeyTable` without some of its keys."""

    def __init__(self, keys: KeyTable, ended: Mapping[str, int]) -> None:
        self._keys, self._ended = keys, ended

    def get(self, digest: str) -> StoredKey | None:
        return None if digest in self._ended else self._keys.get(digest)


def ended(folder: Path) -> dict[str, int]:
    """When each of them ended, by digest. `OSError` and `ValueError` when that cannot be read."""
    try:
        raw = read_limited(folder / FILE, _LIMIT)
    except FileNotFoundError:
        return {}
    found = {}
    for line in raw.decode("ascii").splitlines():
        digest, _, when = line.partition(" ")
        if len(bytes.fromhex(digest)) != 32:
            raise ValueError(f"{FILE} has a line that is no digest")
        found[digest] = int(when)
    return found


def taken_over(keys: Keys, gone: Mapping[str, int]) -> Keys:
    """The keys, with those revoked that ended."""
    if not gone:
        return keys
    return tuple(
        replace(key, revoked=gone[key.digest]) if key.digest in gone and key.revoked is None else key for key in keys
    )


def end(folder: Path, key_id: str, now: int) -> None:
    """The key opens nothing any more, in every process within a second. One that is not found at once is left to `keys.json`."""
    if (key := _found(folder / KEYS, key_id)) is None or key.revoked is not None:
        return
    with locked(folder / LOCK):
        _put(folder, {**_read(folder), key.digest: now})


def forget(folder: Path, digests: Iterable[str]) -> None:
    """`keys.json` says it of these by now."""
    with locked(folder / LOCK):
        _put(folder, {digest: when for digest, when in _read(folder).items() if digest not in set(digests)})


def _read(folder: Path) -> dict[str, int]:
    try:
        return ended(folder)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {folder / FILE}: {error}") from error


def _put(folder: Path, gone: Mapping[str, int]) -> None:
    if gone:
        write_whole(folder / FILE, "".join(f"{digest} {when}\n" for digest, when in gone.items()).encode())
    else:
        remove(folder / FILE)


def _found(path: Path, key_id: str) -> StoredKey | None:
    """Of a million keys, in a tenth of a second: they are not decoded, and the file is written with a key on each line."""
    if not key_id.isascii():
        return None
    sought = b'"id":' + msgspec.json.encode(key_id) + b","
    try:
        with (
            path.open("rb") as file,
            closing(mmap(file.fileno(), os.fstat(file.fileno()).st_size, access=ACCESS_READ)) as raw,
        ):
            at = raw.find(sought)
            while at >= 0:
                begin, line_end = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at)
                if 0 <= line_end - begin <= _LONGEST and (key := _decoded(raw[begin:line_end], key_id)) is not None:
                    return key
                at = raw.find(sought, at + 1)
    except (OSError, ValueError):  # none, or an empty one
        return None
    return None


def _decoded(line: bytes, key_id: str) -> StoredKey | None:
    try:
        key = _key(line.removesuffix(b","))
    except msgspec.MsgspecError:
        return None
    return key if key.id == key_id and len(key.digest) == 64 else None

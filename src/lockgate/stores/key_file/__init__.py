"""Client keys in one file of the data folder: for a single machine, with nothing to install or to run."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.core.key_digest import Pepper
from lockgate.core.store import Keys, StoredKey, StoreError
from lockgate.stores.key_file.files import locked, make_folder, read_limited, write_whole
from lockgate.stores.key_file.pepper import pepper

FILE = "keys.json"
LIMIT = 512 * 1024 * 1024
"""Bytes: some two million keys."""


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: a version, so that a later Lockgate can tell, and the keys."""

    keys: tuple[StoredKey, ...]
    version: int = 1


_decode = msgspec.json.Decoder(Document).decode
_encode = msgspec.json.Encoder().encode


class KeyFile:
    """A `KeyStore` on `keys.json`. Every write is a new file put in the place of the old one, after an fsync."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE

    def pepper(self) -> Pepper:
        """The pepper of this data folder, made at the first call."""
        return pepper(self._folder)

    def read(self) -> Keys:
        try:
            return decode(read_limited(self._path, LIMIT))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {self._path}: {error}") from error

    def change(self, edit: Callable[[Keys], Keys]) -> Keys:
        make_folder(self._folder)
        with locked(self._folder / "keys.lock"):
            keys = edit(self.read())
            document = msgspec.json.format(_encode(Document(keys)), indent=1)
            write_whole(self._path, document + b"\n")
        return keys


def decode(raw: bytes) -> Keys:
    """The keys in the file's bytes. `ValueError` for what is not such a file."""
    document = _decode(raw)
    if document.version != 1:
        raise ValueError(f"it has version {document.version}; this Lockgate knows version 1")
    return document.keys

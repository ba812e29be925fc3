"""The built-in encrypted store: one file of the data folder, `secrets.json`, readable by its owner and sealed all the same."""

import base64
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lockgate.core.store import StoreError
from lockgate.stores.key_file.files import locked, make_folder, read_limited, write_once, write_whole
from lockgate.stores.secret_file.master_key import MasterKey, master_keys

if TYPE_CHECKING:
    from lockgate.stores.secret_file.envelope import Sealed

FILE = "secrets.json"
KEY_FILE = "secrets.key"
LIMIT = 16 * 1024 * 1024


class Entry(Struct, frozen=True):
    """What may be shown of a secret. `under` is the id of the key-encryption key."""

    name: str
    made: int
    under: str


class SecretFile:
    """`keys` gives the key-encryption keys as text, the one in force first; it is asked only when one is needed."""

    def __init__(
        self, folder: Path, keys: Callable[[], str], random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._random = random
        self.path = folder / FILE

    def open(self, name: str) -> str:
        """The secret. `KeyError` when there is none of this name, `StoreError` when it cannot be opened."""
        from lockgate.stores.secret_file.envelope import opened  # noqa: PLC0415  cryptography, only when it is used

        return opened(name, self._read()[name], self._masters())

    def entries(self) -> tuple[Entry, ...]:
        return tuple(Entry(name, sealed.made, sealed.under) for name, sealed in sorted(self._read().items()))

    def set(self, name: str, value: str) -> None:
        from lockgate.stores.secret_file.envelope import seal  # noqa: PLC0415  as above

        sealed = seal(name, value, self._masters()[0], self._random, int(time.time()))
        self._change(lambda entries: {**entries, name: sealed})

    def delete(self, name: str) -> None:
        """`KeyError` when there is none."""

        def without(entries: "Mapping[str, Sealed]") -> "dict[str, Sealed]":
            kept = dict(entries)
            del kept[name]
            return kept

        self._change(without)

    def rewrap(self) -> int:
        """Puts every entry under the first key-encryption key; how many there are. All of them, or none."""
        from lockgate.stores.secret_file.envelope import rewrapped  # noqa: PLC0415  as above

        masters = self._masters()

        def under_first(entries: "Mapping[str, Sealed]") -> "dict[str, Sealed]":
            return {name: rewrapped(name, sealed, masters, self._random) for name, sealed in entries.items()}

        return len(self._change(under_first))

    def _masters(self) -> tuple[MasterKey, ...]:
        try:
            return master_keys(self._keys())
        except ValueError as error:
            raise StoreError(f"the key-encryption key is none: it has to be {error}") from None

    def _read(self) -> "Mapping[str, Sealed]":
        from lockgate.stores.secret_file.document import decoded  # noqa: PLC0415  as above

        try:
            return decoded(read_limited(self.path, LIMIT))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {self.path}: {error}") from error

    def _change(self, edit: "Callable[[Mapping[str, Sealed]], dict[str, Sealed]]") -> "dict[str, Sealed]":
        from lockgate.stores.secret_file.document import encoded  # noqa: PLC0415  as above

        make_folder(self._folder)
        with locked(self._folder / "secrets.lock"):
            entries = edit(self._read())
            write_whole(self.path, encoded(entries))
        return entries


def own_keys(folder: Path) -> str:
    """The keys of the data folder itself, for whoever configured none. `StoreError` when there are none yet."""
    path = folder / KEY_FILE
    try:
        return read_limited(path, 4096).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot use {path}: {error}") from error


def made_own_keys(folder: Path) -> str:
    """As `own_keys`; the first one is made if there is none."""
    if not (folder / KEY_FILE).exists():
        make_folder(folder)
        write_once(folder / KEY_FILE, new_key().encode() + b"\n")
    return own_keys(folder)


def replace_own_keys(folder: Path, text: str) -> None:
    write_whole(folder / KEY_FILE, text.encode() + b"\n")


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()

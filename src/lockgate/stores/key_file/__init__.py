"""Client keys in files of the data folder: for a single machine, with nothing to install or to run."""

from collections.abc import Callable
from pathlib import Path

from lockgate.core.key_digest import Pepper, Peppers
from lockgate.core.store import Keys, StoreError
from lockgate.stores.key_file import document
from lockgate.stores.key_file.document import FILE, LIMIT
from lockgate.stores.key_file.ended import end, ended, forget, taken_over
from lockgate.stores.key_file.files import draft, locked, make_folder, put, read_limited
from lockgate.stores.key_file.pepper import drop, pepper, peppers, turn
from lockgate.stores.key_file.renew import LOCK, source
from lockgate.stores.key_file.table import FILE as TABLE
from lockgate.stores.key_file.table import built


class KeyFile:
    """A `KeyStore` and a `PepperStore` on the data folder. Every write is a new file put in the place of the old one, after an fsync."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE

    def pepper(self) -> Pepper:
        """The pepper of this data folder, made at the first call."""
        return pepper(self._folder)

    def read(self) -> Keys:
        try:
            gone = ended(self._folder)
            return taken_over(document.decode(read_limited(self._path, LIMIT)), gone)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {self._path}: {error}") from error

    def change(self, edit: Callable[[Keys], Keys]) -> Keys:
        make_folder(self._folder)
        with locked(self._folder / LOCK):
            keys = edit(self.read())
            self._write(keys)
        return keys

    def end(self, key_id: str, now: int) -> None:
        end(self._folder, key_id, now)

    def peppers(self) -> Peppers:
        return peppers(self._folder)

    def turn(self, check: Callable[[Peppers], None]) -> Peppers:
        make_folder(self._folder)
        with locked(self._folder / LOCK):
            check(self.peppers())
            return turn(self._folder)

    def drop(self, edit: Callable[[Keys, Peppers], Keys]) -> None:
        with locked(self._folder / LOCK):
            before = self.read()
            after = edit(before, self.peppers())
            if after is not before:
                self._write(after)
            drop(self._folder)

    def _write(self, keys: Keys) -> None:
        """The table first: one that is newer than its keys is made anew, so that a crash between the two costs that."""
        try:
            gone = ended(self._folder)
            pieces, rows = document.encode(taken_over(keys, gone))
        except ValueError as error:
            raise StoreError(f"{self._path} stays as it was: {error}") from error
        written = draft(self._path, pieces)
        try:
            made_from = source(written, document.digest_of(pieces))
            put(draft(self._folder / TABLE, built(rows, made_from)), self._folder / TABLE)
            put(written, self._path)
        finally:
            written.unlink(missing_ok=True)
        if gone:
            forget(self._folder, gone)

"""Opens what a configuration says of its secrets, each reference once, and notes what else was needed on the way."""

from collections.abc import Mapping
from pathlib import Path

from lockgate.app.settings import SecretRef
from lockgate.app.watch_files import Signature, signature
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SOURCES
from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.core.store import StoreError
from lockgate.stores.secret_file import KEY_FILE, SecretFile, own_keys

__all__ = ["NoSecret", "Opener", "fetch"]


class Opener:
    """Relative files lie in `folder`; the built-in store lies in `data` and is sealed with what `key` refers to."""

    def __init__(self, environ: Mapping[str, str], folder: Path, data: Path, key: SecretRef | None = None) -> None:
        self._key = key
        self._data = data
        self._folder = folder
        self._around = Surroundings(environ, folder, self._stored, self._plain, self._hold)
        self._failed: dict[SecretRef, NoSecret] = {}
        self.opened: dict[SecretRef, Secret] = {}
        self.held: dict[str, Secret] = {}
        """Secrets that were needed to reach others, by what they are."""
        self.files: dict[Path, Signature] = {}
        """Where another content means another secret, and how they looked before they were read."""

    def open(self, ref: SecretRef) -> Secret:
        if ref in self._failed:
            raise self._failed[ref]
        if ref not in self.opened:
            try:
                self.opened[ref] = self._open(ref)
            except NoSecret as error:
                self._failed[ref] = error
                raise
        return self.opened[ref]

    def _open(self, ref: SecretRef) -> Secret:
        source, value = ref.source
        self.note(*source.files(value, self._folder))
        text = source.open(value, self._around)
        place = f"{{{source.name}: …}}" if not isinstance(value, str) else f"{source.name} {value}"
        if not text.strip():
            raise NoSecret(f"{place}, which is empty", "a secret in it; an empty one protects nothing")
        if not all("!" <= character <= "~" for character in text):
            raise NoSecret(
                f"{place}, which holds white space or other unusual characters", "visible ASCII characters only"
            )
        return Secret(text)

    def _plain(self, ref: PlainRef) -> str:
        return self.open(SecretRef(env=ref.env, file=ref.file)).reveal()

    def note(self, *files: Path) -> None:
        """Files to watch, as they are now."""
        for path in files:
            self.files.setdefault(path, signature(path))

    def _hold(self, name: str, value: str) -> None:
        self.held[name] = Secret(value)

    def _stored(self, name: str) -> str:
        place = f"the entry {name!r} of the built-in store"
        store = SecretFile(self._data, self._keys)
        self.note(store.path)
        try:
            return store.open(name)
        except KeyError:
            raise NoSecret(
                f"{place}, which does not exist", f"it to be made by `lockgate secrets set {name}`"
            ) from None
        except StoreError as error:
            raise NoSecret(f"{place}, which cannot be opened ({error})", "the key that it was sealed with") from None

    def _keys(self) -> str:
        if self._key is None:
            self.note(self._data / KEY_FILE)
            text = own_keys(self._data)
        elif self._key.store is not None:
            raise StoreError("its key cannot lie in the store itself")
        else:
            try:
                text = self.open(self._key).reveal()
            except NoSecret as error:
                raise StoreError(f"its key is in {error.found}") from None
        for number, part in enumerate(text.split(",")):
            self._hold(f"key-encryption key {number + 1}", part)
        return text


def fetch(ref: SecretRef, environ: Mapping[str, str], folder: Path) -> Secret:
    """One secret that needs nothing else."""
    return Opener(environ, folder, folder).open(ref)


def end_sources() -> None:
    """The process ends: what a source started ends with it."""
    for source in SOURCES.values():
        source.end()

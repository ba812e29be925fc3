"""The client keys of one process: looked up as the data folder has them now, under the peppers that it has now."""

import asyncio
import logging

from lockgate.app.key_entries import Unread, key_snapshot
from lockgate.app.load import Loaded
from lockgate.app.watch_files import Signatures, signatures
from lockgate.auth.api_key import ApiKeys, snapshot
from lockgate.core.key_digest import Pepper, Peppers
from lockgate.core.store import KeyTable, StoreError
from lockgate.stores.key_file.pepper import PEPPERS, peppers
from lockgate.stores.key_file.watch import KeyWatch

_log = logging.getLogger("lockgate.keys")


class ClientKeys:
    """`method` is what the entrance asks. Nobody is known before the first `look`."""

    def __init__(self, loaded: Loaded, pepper: Pepper) -> None:
        """`pepper` is what the parent had, for a process that cannot read it any more."""
        self._loaded, self._data = loaded, loaded.data
        self._watch = KeyWatch(loaded.data)
        self._stored: KeyTable = Unread()
        self._peppers = Peppers(pepper)
        self._pepper_files = [loaded.data / name for name in PEPPERS]
        self._seen: Signatures = ()
        self.method = ApiKeys(pepper, snapshot(()))

    @property
    def problem(self) -> str:
        """Why the keys that are in force may be old; empty when they are not."""
        return self._watch.problem

    def use(self, loaded: Loaded) -> None:
        """Another configuration: its own keys, and the teams that there are."""
        self._loaded = loaded
        self._renew()

    def look(self) -> None:
        """Whatever changed is in force for the next request. May take a while where keys have to be read."""
        if self._changed():
            self._read()
            self._renew()

    async def looked(self) -> None:
        """The same, in a thread when there is something to read."""
        if self._changed():
            await asyncio.to_thread(self._read)
            self._renew()  # here, where `use` is: it may have been called meanwhile

    def _changed(self) -> bool:
        return self._watch.changed() or signatures(self._pepper_files) != self._seen

    def _read(self) -> None:
        seen = signatures(self._pepper_files)
        if seen != self._seen:
            try:
                self._peppers = peppers(self._data)
            except StoreError as error:
                _log.error("the pepper stays as it was: %s", error)
            self._seen = seen
        self._stored = self._watch.poll() or self._stored

    def _renew(self) -> None:
        self.method.replace(key_snapshot(self._loaded, self._peppers.current, self._stored), self._peppers)

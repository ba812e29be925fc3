"""All client keys there are, as the authenticator wants them: those in the file and those in the store, in one snapshot."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.app.load import Loaded
from lockgate.app.places import places
from lockgate.app.settings import KeySettings
from lockgate.auth.api_key import Entry, Snapshot
from lockgate.core.access import NO_OPINION, only
from lockgate.core.auth import NOTHING_NOTED, Caller
from lockgate.core.key_digest import Pepper
from lockgate.core.policy import Place
from lockgate.core.store import KeyTable, StoredKey, StoreError

REMEMBERED = 1_000
"""Callers that are ready, of keys that were used last: as many again that were used before those."""


class Issued:
    """Every key by its digest, at one moment. What a worker holds does not grow with their number, only with how many of
    them are in use, and that has an end.
    """

    def __init__(self, stored: KeyTable, there: Mapping[str, Place], brought: Mapping[str, Entry]) -> None:
        self._stored = stored
        self._there = there
        self._brought = brought
        self._ready: dict[str, Entry] = {}
        self._before: dict[str, Entry] = {}

    def get(self, digest: str) -> Entry | None:
        return self._ready.get(digest) or self._found(digest)

    def _found(self, digest: str) -> Entry | None:
        if (entry := self._brought.get(digest) or self._before.get(digest) or self._read(digest)) is None:
            return None
        if len(self._ready) >= REMEMBERED:
            self._before, self._ready = self._ready, {}
        self._ready[digest] = entry
        return entry

    def _read(self, digest: str) -> Entry | None:
        key = self._stored.get(digest)
        if key is None or key.revoked is not None or (place := self._there.get(key.team)) is None:
            return None
        return Entry(key.digest, _stored(key, place), key.expires)


class Unread:
    """The keys of a store that could not be read since the start: nobody is known, and nobody is called unknown."""

    def get(self, digest: str) -> StoredKey | None:
        raise StoreError("the keys could not be read yet")


def key_snapshot(loaded: Loaded, pepper: Pepper, stored: KeyTable) -> Snapshot:
    """A key whose team is gone from the file opens nothing. The id of a key in the file is `config:NAME`."""
    config = loaded.valid
    there = places(config)
    brought = {}
    for key in config.keys:
        digest = pepper.digest(loaded.secrets[key.secret].reveal().encode())
        brought[digest] = Entry(digest, _brought(key, there[key.team]))
    return Issued(stored, there, brought)


def _stored(key: StoredKey, place: Place) -> Caller:
    return Caller(
        key.id,
        key.team,
        key.name,
        user=key.user,
        organization=place.organization,
        teams=place.teams,
        roles=frozenset(key.roles),
        metadata=_noted(key.metadata),
        access=key.access,
    )


def _brought(key: KeySettings, place: Place) -> Caller:
    access = only(key)
    return Caller(
        f"config:{key.name}",
        key.team,
        key.name,
        user=key.user or "",
        organization=place.organization,
        teams=place.teams,
        roles=frozenset(key.roles or ()),
        metadata=_noted(key.metadata),
        access=None if access is NO_OPINION else access,
    )


def _noted(metadata: Mapping[str, str]) -> Mapping[str, str]:
    """Most keys have none: a million of them share one."""
    return MappingProxyType(dict(metadata)) if metadata else NOTHING_NOTED

"""All client keys there are, as the authenticator wants them: those in the file and those in the store, in one snapshot."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lockgate.app.load import Loaded
from lockgate.app.places import places
from lockgate.app.settings import KeySettings
from lockgate.auth.api_key import Entry, Snapshot
from lockgate.core.access import NO_OPINION, only
from lockgate.core.auth import NOTHING_NOTED, Caller
from lockgate.core.key_digest import Pepper
from lockgate.core.policy import Place
from lockgate.core.store import Keys, StoredKey

REMEMBERED = 20_000
"""Callers that are ready; of keys that are used. The others are made when they are used."""


class Issued(Mapping[str, Entry]):
    """Every key by its digest. An entry is made at its key's first use: a million keys that nobody uses cost little, and a
    change of one of them does not make all anew.
    """

    def __init__(
        self, stored: Mapping[str, StoredKey], there: Mapping[str, Place], brought: Mapping[str, Entry]
    ) -> None:
        self._stored = stored
        self._there = there
        self._brought = brought
        self._ready = dict(brought)

    def get(self, digest: str, default: Any = None) -> Any:
        entry = self._ready.get(digest)
        if entry is None and (key := self._stored.get(digest)) is not None:
            if len(self._ready) >= len(self._brought) + REMEMBERED:
                self._ready = dict(self._brought)
            entry = self._ready[digest] = Entry(digest, _stored(key, self._there[key.team]), key.expires)
        return default if entry is None else entry

    def __getitem__(self, digest: str) -> Entry:
        if (entry := self.get(digest)) is None:
            raise KeyError(digest)
        found: Entry = entry
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored.keys() | self._brought.keys())

    def __len__(self) -> int:
        return len(self._stored.keys() | self._brought.keys())


def key_snapshot(loaded: Loaded, pepper: Pepper, stored: Keys) -> Snapshot:
    """A key whose team is gone from the file opens nothing. The id of a key in the file is `config:NAME`."""
    config = loaded.valid
    there = places(config)
    brought = {}
    for key in config.keys:
        digest = pepper.digest(loaded.secrets[key.secret].reveal().encode())
        brought[digest] = Entry(digest, _brought(key, there[key.team]))
    return Issued({key.digest: key for key in stored if key.revoked is None and key.team in there}, there, brought)


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

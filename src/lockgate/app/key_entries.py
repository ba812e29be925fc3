"""All client keys there are, as the authenticator wants them: those in the file and those in the store, in one snapshot."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lockgate.app.load import Loaded
from lockgate.app.places import places
from lockgate.app.settings import KeySettings
from lockgate.auth.api_key import Entry, Snapshot, snapshot
from lockgate.core.access import NO_OPINION, only
from lockgate.core.auth import NOTHING_NOTED, Caller
from lockgate.core.key_digest import Pepper
from lockgate.core.policy import Place
from lockgate.core.store import Keys, StoredKey


def key_snapshot(loaded: Loaded, pepper: Pepper, stored: Keys) -> Snapshot:
    """A key whose team is gone from the file opens nothing. The id of a key in the file is `config:NAME`."""
    return snapshot(_entries(loaded, pepper, stored))


def _entries(loaded: Loaded, pepper: Pepper, stored: Keys) -> Iterator[Entry]:
    config = loaded.valid
    there = places(config)
    for key in stored:
        if key.revoked is None and key.team in there:
            yield Entry(key.digest, _stored(key, there[key.team]), key.expires)
    for brought in config.keys:
        digest = pepper.digest(loaded.secrets[brought.secret].reveal().encode())
        yield Entry(digest, _brought(brought, there[brought.team]))


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

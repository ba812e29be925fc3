"""All client keys there are, as the authenticator wants them: those in the file and those in the store, in one snapshot."""

from collections.abc import Iterator

from lockgate.app.load import Loaded
from lockgate.auth.api_key import Entry, Snapshot, snapshot
from lockgate.core.auth import Caller
from lockgate.core.key_digest import Pepper
from lockgate.core.store import Keys


def key_snapshot(loaded: Loaded, pepper: Pepper, stored: Keys) -> Snapshot:
    """A key whose team is gone from the file opens nothing. The id of a key in the file is `config:NAME`."""
    return snapshot(_entries(loaded, pepper, stored))


def _entries(loaded: Loaded, pepper: Pepper, stored: Keys) -> Iterator[Entry]:
    config = loaded.valid
    models = {name: frozenset(team.models) for name, team in config.teams.items()}
    for key in stored:
        if key.revoked is None and key.team in models:
            yield Entry(key.digest, Caller(key.id, key.team, models[key.team], key.name), key.expires)
    for brought in config.keys:
        digest = pepper.digest(loaded.secrets[brought.secret].reveal().encode())
        yield Entry(digest, Caller(f"config:{brought.name}", brought.team, models[brought.team], brought.name))

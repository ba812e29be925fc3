"""Everything that the first `lockgate up` makes: the data folder, the admin secret, a client key, and the configuration."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from lockgate.app.detect import credentials, ollama_models
from lockgate.app.noted import noted
from lockgate.app.starter import Found, starter
from lockgate.control import keys
from lockgate.control.keys import Desk, Issued
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.stores.key_file import KeyFile, admin_secret
from lockgate.stores.key_file.files import write_once

TEAM = "default"
DATA = "data"


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be shown, once. `admin` is None when there was a secret before."""

    found: Found
    key: Issued
    admin: Secret | None


def detect(environ: Mapping[str, str]) -> Found:
    """What this machine offers."""
    return Found(credentials(tables("lockgate.providers", Provider), environ), ollama_models())


def make(config: Path, found: Found) -> Made:
    """The file comes last: were this interrupted, the next call would begin again. `StoreError` when it cannot be done."""
    data = config.absolute().parent / DATA
    store = KeyFile(data)
    admin = admin_secret.create(data)
    key = _first_key(Desk(store, store.pepper(), time.time, secrets.token_bytes))
    if not write_once(config.absolute(), starter(found).encode()):
        keys.revoke(Desk(store, store.pepper(), time.time, secrets.token_bytes), key.key.id)
        raise StoreError(f"{config} was written by somebody else just now; run `lockgate up` again")
    noted(data, "first_run", key_id=key.key.id, admin_secret="made" if admin else "kept")
    return Made(found, key, admin)


def _first_key(desk: Desk) -> Issued:
    """A folder that was used before may have a key of that name."""
    taken = {key.name for key in keys.listed(desk)}
    name = next(name for number in count(1) if (name := "first" if number == 1 else f"first-{number}") not in taken)
    return keys.create(desk, name, TEAM)

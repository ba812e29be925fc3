"""The tokens of one worker: their store is opened when a rule needs it, and outlives reloads."""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes

from lockgate.app.settings import Config
from lockgate.core.duration import seconds
from lockgate.core.names import Names
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.core.store import StoreError
from lockgate.core.tokens import TokenPlace, TokenStore, TokenStoreConfig
from lockgate.stores.key_file.files import make_folder, read_limited, write_once
from lockgate.stores.secret_file import new_key
from lockgate.stores.secret_file.master_key import master_keys
from lockgate.tokens.keeper import Keeper, Terms
from lockgate.tokens.seal import Seal

KEY_FILE = "tokens.key"
"""In the data folder, for whoever configured no key."""

log = logging.getLogger("lockgate.tokens")


class TokenKeeper:
    """Holds nothing, and imports nothing, until a rule tokenizes."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._settings: TokenStoreConfig | None = None
        self._store: TokenStore | None = None

    def tokens(self, config: Config, secrets: Mapping[SecretRef, Secret]) -> Keeper | None:
        """What a gateway with this configuration is built with. Raises `StoreError`."""
        if all(rule.action != "tokenize" for rule in config.rules):
            return None
        settings = config.tokens
        if self._store is None:
            self._settings = settings.store
            self._store = settings.store.build(TokenPlace(self._data, secrets))
        elif settings.store != self._settings:
            log.warning("another store of tokens is for the next start; until then they are where they were")
        text = own_key(self._data) if settings.key is None else secrets[settings.key].reveal()
        seals = [Seal(key.key, token_bytes) for key in master_keys(text)]
        names = tuple(name.encode() for name in settings.session_headers)
        terms = Terms(
            seconds(settings.ttl), names, Names(settings.restore_tools), settings.max_values, settings.max_mb << 20
        )
        return Keeper(self._store, seals, time.time, terms)

    async def aclose(self) -> None:
        if self._store is not None:
            await self._store.aclose()


def own_key(folder: Path) -> str:
    """The folder's own, made once, whoever comes first. A damaged one is an error, and never replaced."""
    path = folder / KEY_FILE
    try:
        if not path.exists():
            make_folder(folder)
            write_once(path, new_key().encode() + b"\n")
        text = read_limited(path, 4096).decode("ascii").strip()
        master_keys(text)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot use {path}: {error}") from error
    return text

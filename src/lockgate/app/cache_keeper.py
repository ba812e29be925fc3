"""Where a worker keeps answers: opened when a model's are kept, and left as it is until the next start."""

import logging
from collections.abc import Mapping
from pathlib import Path

from lockgate.app.settings import Config
from lockgate.core.cache import Answers, CacheStore, CacheStoreConfig, Place
from lockgate.core.key_digest import Pepper
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

log = logging.getLogger("lockgate.cache")


class CacheKeeper:
    """Holds nothing, and imports nothing, until a model's answers are kept."""

    def __init__(self, data: Path, pepper: Pepper) -> None:
        self._data, self._pepper = data, pepper
        self._store: CacheStore | None = None
        self._answers: Answers | None = None
        self._settings: CacheStoreConfig | None = None

    def answers(self, config: Config, secrets: Mapping[SecretRef, Secret]) -> Answers | None:
        """What a gateway with this configuration is built with; nothing when the store cannot be opened: then all is asked."""
        if all(model.cache is None for model in config.models.values()):
            return None
        if self._answers is None:
            from lockgate.stores.answers import SealedAnswers  # noqa: PLC0415  only where answers are kept

            try:
                self._store = config.cache_store.build(Place(self._data, secrets))
            except Exception as error:  # noqa: BLE001 - a cache may be away; who asks for it is not
                log.error("answers are not kept: %s", error)  # noqa: TRY400
                return None
            self._settings, self._answers = config.cache_store, SealedAnswers(self._store, self._pepper)
        elif config.cache_store != self._settings:
            log.warning("another store of answers is for the next start; until then they are kept where they were")
        return self._answers

    async def aclose(self) -> None:
        if self._store is not None:
            await self._store.aclose()

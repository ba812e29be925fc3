"""Where a worker remembers what was signed: where limits are counted, if that is shared by many machines, or on this one."""

import logging
from typing import final

from lockgate.app.clock import boot_id
from lockgate.app.settings import Config
from lockgate.core.limit_store import LimitStoreConfig, Place
from lockgate.core.nonce import Nonces
from lockgate.core.problem import Problem
from lockgate.stores.nonces import NonceStore

log = logging.getLogger("lockgate.nonces")


@final
class NonceKeeper:
    """The port `Nonces` itself: opened when it is first asked, and where it is then until the next start."""

    def __init__(self, settings: LimitStoreConfig, place: Place) -> None:
        self._settings, self._place = settings, place
        self._opened: Nonces | None = None

    async def start(self, config: Config, now: float) -> None:
        """Where requests are signed, a memory that is new begins before the first of them: that one is not too old for it then."""
        if any(method.remembers for method in config.auth):
            try:
                await self.begin(now)
            except Problem as problem:
                log.error("signed requests are refused until it is back: %s", problem.__cause__ or problem)  # noqa: TRY400

    async def begin(self, now: float) -> None:
        await self._store.begin(now)

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        return await self._store.first(nonce, now, until, made)

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.aclose()

    @property
    def _store(self) -> Nonces:
        if self._opened is None:
            here = NonceStore(self._place.folder / "nonces", boot_id())
            self._opened = self._settings.nonces(self._place) or here
        return self._opened

"""The store of limits of one worker: opened when a configuration has limits, kept alive, and restored when it is empty."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex

from lockgate.app.limits import limits
from lockgate.app.restore_limits import charges, longest
from lockgate.app.settings import Config
from lockgate.audit.segments import FOLDER
from lockgate.core.alert import Alert
from lockgate.core.allowance import Tally
from lockgate.core.limit import BEAT_SECONDS, LimitStore, StoreEmptyError
from lockgate.core.limit_store import LimitStoreConfig, Place
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.core.store import StoreError
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.applies import Applies
from lockgate.pipeline.budget_watch import BudgetWatch
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.slices import Slices

TICK_SECONDS = 0.5

log = logging.getLogger("lockgate.limits")


class LimitKeeper:
    """Holds nothing, and imports nothing, until there is a limit."""

    def __init__(self, data: Path, workers: int, tell: Callable[[Alert], None]) -> None:
        self._data = data
        self._owner = f"{os.uname().nodename}-{os.getpid()}-{token_hex(4)}"
        self._workers, self._tell = workers, tell
        self._watch: BudgetWatch | None = None
        self._store: LimitStore | None = None
        self._settings: LimitStoreConfig | None = None
        self._local: LocalLimits | None = None
        self._slices: Slices | None = None
        self._next = self._longest = 0.0
        self.tally = Tally()
        self.down = False

    def admission(self, config: Config, secrets: Mapping[SecretRef, Secret]) -> Admission | None:
        """What a gateway with this configuration is built with. Raises `StoreError`."""
        all_limits = limits(config)
        if not all_limits:
            return None
        if self._store is None or self._local is None:
            self._settings = config.limit_store
            self._store = self._settings.build(Place(self._data, self._owner, secrets=secrets))
            self._local = LocalLimits(self._workers * config.limit_store.gateways(), _micros)
            self._slices = Slices(self._local, time.monotonic) if self._settings.remote else None
        elif config.limit_store != self._settings:
            log.warning("another store of limits is for the next start; until then limits are counted where they were")
        self._longest = max((longest(limit) for group in all_limits.at.values() for limit in group), default=0.0)
        percents = tuple(sorted(set(config.alerts.at)))
        if self._watch is None or self._watch.percents != percents:
            self._watch = BudgetWatch(percents)
        return Admission(Applies(all_limits), self._store, self._local, self.tally, self._watch, self._slices)

    async def tick(self, now: float) -> None:
        """Called several times a second; `now` is monotonic, in seconds. Never raises for a store that is away."""
        if self._store is None or (now < self._next and not self.tally.lost):
            return
        self.tally.lost = False
        self._next = now + BEAT_SECONDS
        try:
            await self._beat(self._store)
        except StoreError as error:
            self._next = now + 1
            if not self.down:
                log.error("limits are counted by each worker alone, and budgets refuse: %s", error)  # noqa: TRY400
            self.down = True
        else:
            if self.down:
                log.warning("the store of limits is back")
            self.down = False

    async def keep(self) -> None:
        """Until it is cancelled: while streams drain, too, what they hold is held."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.tick(time.monotonic())
            await self._watch_budgets()

    async def _watch_budgets(self) -> None:
        if self._store is not None and self._watch is not None and not self.down:
            try:
                for alert in await self._watch.check(self._store, time.time()):
                    self._tell(alert)
            except StoreError:
                pass  # said by the tick
            except Exception:
                log.exception("budgets are not watched, for an error of ours")

    async def aclose(self) -> None:
        if self._store is not None:
            await self._store.aclose()

    async def _beat(self, store: LimitStore) -> None:
        try:
            await store.beat()
        except StoreEmptyError:
            await self._restore(store)
            await store.beat()
        if self._slices is not None:
            await self._slices.renew(store)
        if recovered := await store.recover():
            log.warning("%d requests of a process that died were charged with all they had reserved", recovered)

    async def _restore(self, store: LimitStore) -> None:
        """In a thread, for a log may be long, and others are being served."""
        since = time.time() - self._longest
        try:
            found = await asyncio.to_thread(lambda: tuple(charges(self._data / FOLDER, since)))
        except (OSError, ValueError) as error:  # without it nobody knows what was spent
            raise StoreError(f"the audit log cannot be read: {error}") from error
        if await store.restore(found) and found:
            log.warning("the store of limits was empty: %d charges were restored from the audit log", len(found))


def _micros() -> int:
    return int(time.monotonic() * 1e6)

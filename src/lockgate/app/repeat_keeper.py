"""What runs in this worker, and where answers to idempotency keys are kept: opened when the configuration has them."""

from typing import TYPE_CHECKING

from lockgate.app.settings import Config
from lockgate.app.settings.idempotency import IdempotencySettings
from lockgate.core.duration import seconds
from lockgate.core.key_digest import Pepper
from lockgate.core.limit_store import LimitStoreConfig, Place
from lockgate.core.secret_ref import SecretRef
from lockgate.pipeline.repeated import Flights
from lockgate.stores.secret_file.master_key import master_keys

if TYPE_CHECKING:
    from lockgate.stores.repeats import SealedRepeats


class RepeatKeeper:
    """Holds nothing, and imports nothing, until keys are kept: where limits are counted, if that is shared by many machines,
    or on this one. Where, and how much, is for the next start.
    """

    def __init__(self, settings: LimitStoreConfig, place: Place, pepper: Pepper) -> None:
        self._settings, self._place, self._pepper = settings, place, pepper
        self._store: SealedRepeats | None = None
        self._alone = Flights()
        self._kept: Flights | None = None

    def flights(self, config: Config) -> Flights | None:
        """What a gateway with this configuration is built with: nothing where nothing is held against anything. `StoreError`."""
        settings = config.idempotency
        if settings is not None:
            return self._flights(settings)
        return self._alone if any(model.collapse for model in config.models.values()) else None

    def _flights(self, settings: IdempotencySettings) -> Flights:
        if self._store is None or self._kept is None:
            self._store = self._opened(settings.max_mb << 20)
            self._kept = Flights(self._store, self._alone.running)
        self._store.pepper = self._pepper if settings.key is None else self._own(settings.key)
        self._store.seconds, self._store.largest = seconds(settings.ttl), settings.max_answer_bytes
        return self._kept

    def _opened(self, size: int) -> "SealedRepeats":
        from lockgate.stores.repeats import SealedRepeats  # noqa: PLC0415  only where keys are kept

        if (rows := self._settings.repeats(self._place, size)) is None:
            from lockgate.stores.repeats.file import RepeatFile  # noqa: PLC0415  as above

            rows = RepeatFile(self._place.folder / "repeats", size=size)
        return SealedRepeats(rows, self._pepper)

    def _own(self, key: SecretRef) -> Pepper:
        """What all machines have, where each has a pepper of its own."""
        return Pepper(master_keys(self._place.secrets[key].reveal())[0].key)

    async def aclose(self) -> None:
        if self._store is not None:
            await self._store.aclose()

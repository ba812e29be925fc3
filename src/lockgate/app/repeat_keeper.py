"""What runs in this worker, and where answers to idempotency keys are kept: opened when the configuration has them."""

from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.app.settings import Config
from lockgate.app.settings.idempotency import IdempotencySettings
from lockgate.core.duration import seconds
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.repeated import Flights

if TYPE_CHECKING:
    from lockgate.stores.repeats import RepeatStore


class RepeatKeeper:
    """Holds nothing, and imports nothing, until keys are kept. The size of the file is for the next start."""

    def __init__(self, data: Path, pepper: Pepper) -> None:
        self._data, self._pepper = data, pepper
        self._store: RepeatStore | None = None
        self._alone = Flights()
        self._kept: Flights | None = None

    def flights(self, config: Config) -> Flights | None:
        """What a gateway with this configuration is built with: nothing where nothing is held against anything. `StoreError`."""
        settings = config.idempotency
        if settings is not None:
            return self._flights(settings)
        return self._alone if any(model.collapse for model in config.models.values()) else None

    def _flights(self, settings: IdempotencySettings) -> Flights:
        from lockgate.stores.repeats import RepeatStore  # noqa: PLC0415  only where keys are kept

        if self._store is None or self._kept is None:
            folder, size = self._data / "repeats", settings.max_mb << 20
            self._store = RepeatStore(folder, self._pepper, size=size)
            self._kept = Flights(self._store, self._alone.running)
        self._store.seconds, self._store.largest = seconds(settings.ttl), settings.max_answer_bytes
        return self._kept

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

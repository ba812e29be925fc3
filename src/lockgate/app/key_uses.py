"""When keys were last used: for people who look, so that it may be late and may fail."""

import asyncio
import logging
from pathlib import Path

from lockgate.auth.api_key import ApiKeys
from lockgate.core.store import StoreError
from lockgate.stores.key_uses import record

_log = logging.getLogger("lockgate.worker")


async def keep_uses(keys: ApiKeys, data: Path) -> None:
    """What was noted since the last time, into the data folder; in a thread, for it is a disk's business."""
    if used := keys.used():
        try:
            await asyncio.to_thread(record, data / "key_uses", used)
        except StoreError as error:
            _log.warning("when keys were last used is not kept: %s", error)

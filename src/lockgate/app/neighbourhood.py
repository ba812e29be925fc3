"""Machines that share a store of limits tell each other how upstreams do: one worker of each, a few times a second."""

import asyncio
import logging
from typing import final

from lockgate.core.limit_store import LimitStoreConfig, Place
from lockgate.core.store import StoreError
from lockgate.health import Neighbours, Shared, Table

INTERVAL = 0.25

log = logging.getLogger("lockgate.health")


@final
class Neighbourhood:
    """Nothing is done, and nothing imported, where there are no others. Where they are is for the next start."""

    def __init__(self, settings: LimitStoreConfig, place: Place, table: Table, shared: Shared) -> None:
        board = settings.board(place)
        self._neighbours = None if board is None else Neighbours(table, shared, board)
        self._away = False

    async def keep(self) -> None:
        """Until it is cancelled."""
        if self._neighbours is None:
            return
        try:
            while True:
                await self._exchange(self._neighbours)
                await asyncio.sleep(INTERVAL)
        finally:
            await self._neighbours.aclose()

    async def _exchange(self, neighbours: Neighbours) -> None:
        try:
            await neighbours.exchange()
        except StoreError as error:
            if not self._away:
                log.error("how upstreams do is known from this machine alone: %s", error)  # noqa: TRY400
            self._away = True
        except Exception:
            log.exception("machines do not hear of each other's upstreams, for an error of ours")
            await asyncio.sleep(10 * INTERVAL)
        else:
            if self._away:
                log.warning("how upstreams do is heard from other machines again")
            self._away = False

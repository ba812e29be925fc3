"""Names of requests and their answers in Redis, for gateways that share it: what one has begun, another one waits for."""

import asyncio
import os
from contextlib import suppress
from typing import Any, final

from lockgate.core.repeat import LEASE, Turn
from lockgate.core.store import StoreError
from lockgate.limits.redis.scripted import DEADLINE, Scripted
from lockgate.limits.redis.scripts import CLAIM, KEEP, TURN, Script
from lockgate.limits.redis.wire import number
from lockgate.redis_links.connections import NONSENSE, Connections

PATIENCE, LONG, ANY = 0.5, 1 << 20, 1 << 40
"""Seconds for an answer to be kept, and for one of more than so many bytes to be given: it may be long."""
MOST_RETURNING = 256
"""Turns that are given back at the same time; others end by themselves."""
_PAUSES = (0.0, 0.1, 0.4, 1.0, 2.0, 4.0, 8.0)
_ROW = b"{lockgate}:repeat:"
_ENDS, _SUM = b"{lockgate}:repeats:ends", b"{lockgate}:repeats:sum"
_MINE, _LONGER = 0, 3
_TURNS: dict[int, Turn] = {0: "mine", 1: "running", 2: "other"}


@final
class RedisRepeats:
    """The port `RepeatRows`, by the clock of Redis. Its memory is all there is: one that was emptied asks anew."""

    def __init__(self, connections: Connections, most: int = 256 << 20, deadline: float = DEADLINE) -> None:
        self._redis, self._most, self._deadline = Scripted(connections), most, deadline
        self._turns: dict[bytes, bytes] = {}
        """The owner's name of each turn, another one each time: what is given back late is no later turn of this process."""
        self._returning: set[asyncio.Task[None]] = set()

    async def claim(self, place: bytes, print_: bytes, useless: bytes = b"") -> bytes | Turn:
        owner = os.urandom(8)
        told = print_, owner, _millis(LEASE), useless
        try:
            found = await self._ask(CLAIM, place, *told, LONG)
            if found == _LONGER:
                found = await self._ask(CLAIM, place, *told, ANY, seconds=PATIENCE)
        except BaseException:  # it may have been heard all the same, and nobody is there to use the turn
            self._give_back(place, owner)
            raise
        if isinstance(found, bytes):
            return found
        if (turn := _TURNS.get(number(found))) is None:
            raise StoreError(NONSENSE)
        if found == _MINE:
            self._turns[place] = owner
        return turn

    async def renew(self, place: bytes) -> None:
        if (owner := self._turns.get(place)) is not None:
            await self._ask(TURN, place, owner, _millis(LEASE))

    async def keep(self, place: bytes, sealed: bytes, seconds: float) -> None:
        if (owner := self._turns.get(place)) is None:
            return
        name = place.hex().encode()
        told = (owner, sealed, max(1, _millis(seconds)), self._most, name)
        await self._redis.run(KEEP, (_ROW + name, _ENDS, _SUM), lambda run: told, max(PATIENCE, self._deadline))
        self._turns.pop(place, None)

    async def drop(self, place: bytes) -> None:
        if (owner := self._turns.pop(place, None)) is None:
            return
        try:
            await self._ask(TURN, place, owner, 0)
        except BaseException:
            self._give_back(place, owner)
            raise

    def _give_back(self, place: bytes, owner: bytes) -> None:
        if len(self._returning) < MOST_RETURNING:
            task = asyncio.ensure_future(self._returned(place, owner))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)

    async def _returned(self, place: bytes, owner: bytes) -> None:
        """Until it is back, or its time is over by itself: what was sent before may be heard after this."""
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            with suppress(StoreError):
                if await self._ask(TURN, place, owner, 0):
                    return

    async def aclose(self) -> None:
        for task in self._returning:
            task.cancel()
        await self._redis.aclose()

    async def _ask(self, script: Script, place: bytes, *told: bytes | int, seconds: float = 0.0) -> Any:
        keys = (_ROW + place.hex().encode(),)
        return await self._redis.run(script, keys, lambda run: told, max(seconds, self._deadline))


def _millis(seconds: float) -> int:
    return int(seconds * 1000)

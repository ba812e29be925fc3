"""Names of requests and their answers in Redis, for gateways that share it: what one has begun, another one waits for."""

import os
from typing import Any, final

from lockgate.core.repeat import LEASE, Turn
from lockgate.limits.redis.scripted import DEADLINE, Scripted
from lockgate.limits.redis.scripts import CLAIM, KEEP, TURN, Script
from lockgate.redis_links.connections import Connections

PATIENCE, LONG, ANY = 0.5, 1 << 20, 1 << 40
"""Seconds for an answer to be kept, and for one of more than so many bytes to be given: it may be long."""
_ROW = b"{lockgate}:repeat:"
_ENDS, _SUM = b"{lockgate}:repeats:ends", b"{lockgate}:repeats:sum"
_LONGER = 3
_TURNS: dict[int, Turn] = {0: "mine", 1: "running", 2: "other"}


@final
class RedisRepeats:
    """The port `RepeatRows`, by the clock of Redis. Its memory is all there is: one that was emptied asks anew."""

    def __init__(self, connections: Connections, most: int = 256 << 20, deadline: float = DEADLINE) -> None:
        self._redis, self._most, self._deadline = Scripted(connections), most, deadline
        self._mine = os.urandom(8)

    async def claim(self, place: bytes, print_: bytes, useless: bytes = b"") -> bytes | Turn:
        told = print_, self._mine, _millis(LEASE), useless
        found = await self._ask(CLAIM, place, *told, LONG)
        if found == _LONGER:
            found = await self._ask(CLAIM, place, *told, ANY, seconds=PATIENCE)
        return found if isinstance(found, bytes) else _TURNS[found]

    async def renew(self, place: bytes) -> None:
        await self._ask(TURN, place, self._mine, _millis(LEASE))

    async def keep(self, place: bytes, sealed: bytes, seconds: float) -> None:
        name = place.hex().encode()
        told = (self._mine, sealed, max(1, _millis(seconds)), self._most, name)
        await self._redis.run(KEEP, (_ROW + name, _ENDS, _SUM), lambda run: told, max(PATIENCE, self._deadline))

    async def drop(self, place: bytes) -> None:
        await self._ask(TURN, place, self._mine, 0)

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def _ask(self, script: Script, place: bytes, *told: bytes | int, seconds: float = 0.0) -> Any:
        keys = (_ROW + place.hex().encode(),)
        return await self._redis.run(script, keys, lambda run: told, max(seconds, self._deadline))


def _millis(seconds: float) -> int:
    return int(seconds * 1000)

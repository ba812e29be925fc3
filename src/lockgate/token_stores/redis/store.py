"""Sealed conversations in Redis, which lets them go by itself when they are over."""

import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from lockgate.core.store import StoreError
from lockgate.redis_links.breaker import Breaker
from lockgate.redis_links.connections import Command, Connections

PREFIX = b"{lockgate}:tokens:"
DEADLINE = 0.05
PUT = b"""\
local there = redis.call('GET', KEYS[1])
if (there or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


class RedisTokens:
    """One command in one round trip. What is away is not asked for a moment."""

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._connections, self._deadline = connections, deadline
        self._breaker = Breaker(time.monotonic)

    async def read(self, name: bytes) -> bytes | None:
        answer = await self._ask((b"GET", PREFIX + name.hex().encode()))
        return None if answer is None else bytes(answer)

    async def put(self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float) -> bool:
        key = PREFIX + name.hex().encode()
        return bool(await self._ask((b"EVAL", PUT, 1, key, seen or b"", sealed, max(1, int(seconds * 1000)))))

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def _ask(self, command: Command) -> Any:
        def commands(run: bytes) -> Sequence[Command]:
            return [command]

        with self._breaker:
            (answer,) = await self._connections.call(commands, self._deadline)
        if isinstance(answer, ResponseError):
            raise StoreError(f"Redis says: {answer}") from answer
        return answer

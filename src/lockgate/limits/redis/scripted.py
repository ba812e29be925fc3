"""One script in one round trip, for what is no limit: within a deadline, and not while Redis does not answer."""

import time
from collections.abc import Callable, Sequence
from typing import Any, final

from redis.exceptions import NoScriptError

from lockgate.core.store import StoreError
from lockgate.limits.redis.scripts import Script
from lockgate.redis_links.breaker import Breaker
from lockgate.redis_links.connections import Connections

DEADLINE = 0.05
Words = Sequence[bytes | int]


@final
class Scripted:
    """Connections with a breaker of their own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._breaker = Breaker(time.monotonic)

    async def run(
        self, script: Script, keys: Sequence[bytes], told: Callable[[bytes], Words], seconds: float = DEADLINE
    ) -> Any:
        """What the script returns; `told` are its arguments, which may depend on the process of Redis. `StoreError`."""
        with self._breaker:
            answer = await self._call((b"EVALSHA", script.sha, len(keys), *keys), told, seconds)
            if isinstance(answer, NoScriptError):
                answer = await self._call((b"EVAL", script.text, len(keys), *keys), told, seconds)
        if isinstance(answer, Exception):
            raise StoreError(f"Redis says: {answer}")
        return answer

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def _call(self, begin: Words, told: Callable[[bytes], Words], seconds: float) -> Any:
        (answer,) = await self._connections.call(lambda run: ((*begin, *told(run)),), seconds)
        return answer

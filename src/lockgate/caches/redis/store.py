"""The store in Redis: nobody waits for it longer than the deadline, and while it is away nobody asks it."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import final

from lockgate.core.store import StoreError
from lockgate.redis_links.breaker import Breaker, NotAskedError
from lockgate.redis_links.connections import Command, Connections

DEADLINE = 0.05
PATIENCE = 1.0
"""Seconds for a write, which no request waits for."""
PENDING = 64
"""Writes of this process under way; more are not kept."""
_PREFIX = b"lockgate:answer:"

log = logging.getLogger("lockgate.cache")


@final
class RedisCache:
    """Keys are under a prefix and end by themselves."""

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._connections, self._deadline = connections, deadline
        self._breaker = Breaker(time.monotonic)
        self._writing: set[asyncio.Task[None]] = set()
        self._down = False

    async def get(self, key: bytes) -> bytes | None:
        found = await self._call((b"GET", _PREFIX + key), self._deadline)
        return found if isinstance(found, bytes) else None

    def put(self, key: bytes, value: bytes, seconds: float) -> None:
        if len(self._writing) < PENDING:
            task = asyncio.get_running_loop().create_task(self._put(key, value, seconds))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def aclose(self) -> None:
        for task in tuple(self._writing):
            task.cancel()
        await self._connections.aclose()

    async def _put(self, key: bytes, value: bytes, seconds: float) -> None:
        milliseconds = max(1, int(seconds * 1000))
        await self._call((b"SET", _PREFIX + key, value, b"PX", milliseconds), PATIENCE)

    async def _call(self, command: Command, seconds: float) -> object:
        """The answer, or None: also for an error that Redis answers."""
        commands: Sequence[Command] = (command,)
        try:
            with self._breaker:
                (answer,) = await self._connections.call(lambda run: commands, seconds)
        except NotAskedError:
            return None
        except StoreError as error:
            if not self._down:
                log.error("the store of answers is away; all is asked: %s", error)  # noqa: TRY400
            self._down = True
            return None
        self._down = False
        return answer

"""The memory against replays in Redis, for gateways that share it: what was accepted by one is not by another."""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any, final

from redis.exceptions import NoScriptError

from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.limits.redis.scripts import NONCE
from lockgate.redis_links.breaker import Breaker
from lockgate.redis_links.connections import Command, Connections

DEADLINE = 0.05
_KEYS = (b"{lockgate}:nonces", b"{lockgate}:nonces:life")


@final
class RedisNonces:
    """The port `Nonces`: one script in one round trip, by the clocks of the gateways, as signatures are.

    What is older than the memory is not taken: a memory that was emptied, or that another process of Redis goes on with,
    begins anew, for nobody knows what it has forgotten.
    """

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._connections, self._deadline = connections, deadline
        self._breaker = Breaker(time.monotonic)

    async def begin(self, now: float) -> None:
        await self._asked(now, b"", now, now)

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        return bool(await self._asked(now, hashlib.sha256(nonce).digest(), until, made))

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def _asked(self, now: float, nonce: bytes, until: float, made: float) -> int:
        said = (_time(now), nonce, _time(until), _time(made))
        try:
            return int(await self._step(lambda run: (*_KEYS, run, *said)))
        except StoreError as error:
            raise Problem(Kind.NO_AUTH, "the memory against replays cannot be used", source="gateway") from error

    async def _step(self, told: Callable[[bytes], Sequence[bytes]]) -> Any:
        with self._breaker:
            answer = await self._call(lambda run: (b"EVALSHA", NONCE.sha, len(_KEYS), *told(run)))
            if isinstance(answer, NoScriptError):
                answer = await self._call(lambda run: (b"EVAL", NONCE.text, len(_KEYS), *told(run)))
        if isinstance(answer, Exception):
            raise StoreError(f"Redis says: {answer}")
        return answer

    async def _call(self, command: Callable[[bytes], Command]) -> Any:
        (answer,) = await self._connections.call(lambda run: (command(run),), self._deadline)
        return answer


def _time(seconds: float) -> bytes:
    return b"%d" % max(0, int(seconds * 1000))

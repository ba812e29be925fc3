"""The memory against replays in Redis, for gateways that share it: what was accepted by one is not by another."""

import hashlib
from typing import final

from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.limits.redis.scripted import DEADLINE, Scripted
from lockgate.limits.redis.scripts import NONCE
from lockgate.limits.redis.wire import number
from lockgate.redis_links.connections import Connections

_KEYS = (b"{lockgate}:nonces", b"{lockgate}:nonces:life")


@final
class RedisNonces:
    """The port `Nonces`: one script in one round trip, by the clocks of the gateways, as signatures are.

    What is older than the memory is not taken: a memory that was emptied, or that another process of Redis goes on with,
    begins anew, for nobody knows what it has forgotten.
    """

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._redis, self._deadline = Scripted(connections), deadline

    async def begin(self, now: float) -> None:
        await self._asked(now, b"", now, now)

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        return bool(await self._asked(now, hashlib.sha256(nonce).digest(), until, made))

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def _asked(self, now: float, nonce: bytes, until: float, made: float) -> int:
        said = (_time(now), nonce, _time(until), _time(made))
        try:
            return number(await self._redis.run(NONCE, _KEYS, lambda run: (run, *said), self._deadline))
        except StoreError as error:
            raise Problem(Kind.NO_AUTH, "the memory against replays cannot be used", source="gateway") from error


def _time(seconds: float) -> bytes:
    return b"%d" % max(0, int(seconds * 1000))

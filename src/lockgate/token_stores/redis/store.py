"""Sealed conversations in Redis, which lets them go by itself when they are over."""

import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from lockgate.core.store import StoreError
from lockgate.core.tokens import Share, ShareFull
from lockgate.redis_links.breaker import Breaker
from lockgate.redis_links.connections import NONSENSE, Command, Connections

PREFIX = b"{lockgate}:tokens:"
DEADLINE = 0.05
PUT = b"""\
local there = redis.call('GET', KEYS[1])
if (there or '') ~= ARGV[1] then return 0 end
local life = tonumber(ARGV[3])
if ARGV[4] then
  local name, values, size = ARGV[5], tonumber(ARGV[4]), #ARGV[2]
  local function count(field) return tonumber(redis.call('HGET', KEYS[3], field) or 0) end
  local function drop(each)
    local v, b = string.match(redis.call('HGET', KEYS[3], each) or '', '^(%d+) (%d+)$')
    if v then
      redis.call('HINCRBY', KEYS[3], 'values', -v)
      redis.call('HINCRBY', KEYS[3], 'bytes', -b)
      redis.call('HDEL', KEYS[3], each)
    end
    redis.call('ZREM', KEYS[2], each)
  end
  local function sweep(most)
    for _, each in ipairs(redis.call('ZRANGE', KEYS[2], 0, most - 1)) do
      if redis.call('EXISTS', ARGV[8] .. each) == 1 then return end
      drop(each)
    end
  end
  local function full()
    local v, b = string.match(redis.call('HGET', KEYS[3], name) or '0 0', '^(%d+) (%d+)$')
    local more_values, more_bytes = values - v, size - b
    return (more_values > 0 and count('values') + more_values > tonumber(ARGV[6]))
      or (more_bytes > 0 and count('bytes') + more_bytes > tonumber(ARGV[7]))
  end
  sweep(4)
  if full() then
    sweep(1000)
    if full() then return 2 end
  end
  drop(name)
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000) + life, name)
  redis.call('HSET', KEYS[3], name, values .. ' ' .. size)
  redis.call('HINCRBY', KEYS[3], 'values', values)
  redis.call('HINCRBY', KEYS[3], 'bytes', size)
  for _, key in ipairs({KEYS[2], KEYS[3]}) do
    if redis.call('PTTL', key) < life + 1000 then redis.call('PEXPIRE', key, life + 1000) end
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
"""Of each owner there are a list of his entries, those that end first in front, and what they count, one by one and in all."""
_FULL = 2


class RedisTokens:
    """One command in one round trip. What is away is not asked for a moment."""

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._connections, self._deadline = connections, deadline
        self._breaker = Breaker(time.monotonic)

    async def read(self, name: bytes) -> bytes | None:
        answer = await self._ask((b"GET", PREFIX + name.hex().encode()))
        if not isinstance(answer, bytes | None):
            raise StoreError(NONSENSE)
        return answer

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        entry, life = name.hex().encode(), max(1, int(seconds * 1000))
        keys = [PREFIX + entry]
        counted: Command = ()
        if share is not None:
            owner = share.owner.hex().encode()
            keys += [PREFIX + b"of:" + owner, PREFIX + b"has:" + owner]
            counted = (share.values, entry, share.most_values, share.most_bytes, PREFIX)
        answer = await self._ask((b"EVAL", PUT, len(keys), *keys, seen or b"", sealed, life, *counted))
        if answer == _FULL:
            raise ShareFull
        if answer not in (0, 1):
            raise StoreError(NONSENSE)
        return bool(answer)

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

"""What is not among the promises of every store: the clock of Redis. The faults are under tests/integration."""

import time
from contextlib import suppress

import msgspec
import pytest

from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.limits.redis import plugin
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.integration.redis_owner import ROLLING, begun, claim
from tests.redis_server import server


@pytest.mark.parametrize(
    "url",
    [
        *("http://x", "redis://", "redis://h:x", "redis://h:99999", "redis://h/a", "redis://h/1/2", "redis://u:p@h"),
        *("rediss://h?ssl_cert_reqs=none", "redis://h#x", "unix://", "redis://h :1"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        msgspec.convert({"kind": "redis", "url": url}, plugin)


@pytest.mark.parametrize("url", ["redis://h", "redis://h:6380/3", "rediss://[::1]:6379/", "unix:///run/redis.sock"])
def test_an_address_of_redis(url: str) -> None:
    assert msgspec.convert({"kind": "redis", "url": url}, plugin).url == url


async def test_a_wrong_password_is_told_and_never_shown() -> None:
    with server("--requirepass", "right") as running:
        made = RedisLimits(
            Connections(maker(running.url, None, lambda: Secret("wrong-canary"))), Who("one", "gateway"), 5
        )
        with pytest.raises(StoreError, match="password") as told:
            await made.beat()
        assert "canary" not in str(told.value)
        with suppress(StoreError):
            await made.aclose()


async def test_the_clock_of_redis_does_not_go_back() -> None:
    with server() as running:
        async with begun(running) as made:
            await made.reserve([claim(5, ROLLING, at_once=True)])
            ahead = int(time.time() * 1e6) + 3_600_000_000
            running.ask("HSET", "{lockgate}:memory", "latest", str(ahead))

            await made.reserve([claim(5, ROLLING, 2, at_once=True)])
            verdict = await made.reserve([claim(5, ROLLING, 2, at_once=True)])

            assert verdict.standings[0].used == 10
            assert 59_000_000 <= verdict.standings[0].reset <= 61_100_000


async def test_a_redis_whose_memory_is_nearly_full_is_crowded_and_one_that_does_not_say_is_not() -> None:
    with server("--maxmemory", "100mb") as running:
        async with begun(running) as made:
            await made.beat()
            before = made.crowded
            used = running.ask("EVAL", "return tonumber(redis.call('INFO', 'memory'):match('used_memory:(%d+)'))", "0")
            running.ask("CONFIG", "SET", "maxmemory", str(int(int(used[1:]) * 1.2)))
            await made.beat()
            crowded = made.crowded
            running.ask("ACL", "SETUSER", "default", "-info")
            await made.beat()

            assert (before, crowded, made.crowded, made.owners) == (False, True, False, 1)
            running.ask("CONFIG", "SET", "maxmemory", "0")

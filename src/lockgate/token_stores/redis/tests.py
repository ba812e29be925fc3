"""What is not among the promises of every store: addresses, passwords, and a Redis that is away."""

import signal
import time

import msgspec
import pytest

from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.redis_links.breaker import FAILURES
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.token_stores.redis import plugin
from lockgate.token_stores.redis.store import RedisTokens
from tests.redis_server import server


@pytest.mark.parametrize("url", ["http://x", "redis://", "redis://u:p@h", "unix://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        msgspec.convert({"kind": "redis", "url": url}, plugin)


async def test_a_wrong_password_is_told_and_never_shown() -> None:
    with server("--requirepass", "right") as running:
        store = RedisTokens(Connections(maker(running.url, None, lambda: Secret("wrong-canary"))), 5)
        with pytest.raises(StoreError, match="password") as told:
            await store.read(b"a")

        assert "canary" not in str(told.value)


async def test_R1_R2_one_that_is_away_is_told_in_time_and_not_asked_for_a_moment() -> None:
    with server() as running:
        store = RedisTokens(Connections(maker(running.url)))
        await store.put(b"a", None, b"sealed", 60)
        running.signal(signal.SIGSTOP)

        took = []
        for _ in range(FAILURES + 20):
            began = time.monotonic()
            with pytest.raises(StoreError):
                await store.read(b"a")
            took.append(time.monotonic() - began)

        running.signal(signal.SIGCONT)
        assert max(took[:FAILURES]) < 1
        assert sum(took[FAILURES:]) < 1
        await store.aclose()

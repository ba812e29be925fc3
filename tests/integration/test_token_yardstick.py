"""The yardstick of tokens: whose values come back, over conversations by chance. All 500 with LOCKGATE_TOKENS=500."""

import os

import pytest

from bench.conversations import corpus
from bench.tokens import AWAY, GUARDS, scored
from lockgate.core.guard import Rule
from lockgate.patterns.looking import Looking
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.token_stores.redis.store import RedisTokens
from tests.automata import CACHE
from tests.redis_server import server

COUNT = int(os.environ.get("LOCKGATE_TOKENS", "60"))
ENGINE = Looking(GUARDS, CACHE)


@pytest.mark.parametrize(("seed", "answers"), [(1, ()), (2, (AWAY,))])
async def test_every_value_comes_back_to_its_owner_and_none_to_anybody_else(
    seed: int, answers: tuple[Rule, ...]
) -> None:
    score = await scored(ENGINE, corpus(COUNT, seed), seed + 100, answers=answers)

    assert (score.fidelity, score.leak) == (1.0, 0.0)
    assert (score.told, score.moved) == (0, 0)
    assert score.answers > 2 * COUNT


async def test_it_is_the_same_in_redis() -> None:
    with server() as running:
        store = RedisTokens(Connections(maker(running.url)), deadline=5)
        score = await scored(ENGINE, corpus(min(COUNT, 20), 3), store=store)
        await store.aclose()

    assert (score.fidelity, score.leak, score.told, score.moved) == (1.0, 0.0, 0, 0)

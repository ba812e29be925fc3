"""Once is once, whoever shares the memory, until its time is over; and what it may have forgotten is not taken."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from lockgate.core.nonce import Nonces
from tests.contract.nonces.makers import MAKERS, Shared


@pytest.fixture(params=sorted(MAKERS))
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Shared]:
    async with MAKERS[request.param]() as made:
        yield made


async def begun(shared: Shared, now: float = 100) -> Nonces:
    store = shared.member()
    await store.begin(now)
    return store


async def test_the_second_is_not_the_first(shared: Shared) -> None:
    store = await begun(shared)

    assert [await store.first(nonce, 100, 400, 100) for nonce in (b"a", b"b", b"a")] == [True, True, False]


async def test_of_many_at_once_one_is_the_first(shared: Shared) -> None:
    stores = [await begun(shared), shared.member()]

    answers = await asyncio.gather(*(stores[number % 2].first(b"a", 100, 400, 100) for number in range(40)))

    assert sorted(answers) == [False] * 39 + [True]


async def test_another_member_remembers_what_one_was_told(shared: Shared) -> None:
    one = await begun(shared)
    await one.first(b"a", 100, 400, 100)

    assert not await shared.member().first(b"a", 101, 400, 100)


async def test_what_is_over_is_forgotten_only_where_it_is_too_late_for_it(shared: Shared) -> None:
    store = await begun(shared, 0)

    for number in range(600):
        assert await store.first(b"%d" % number, number, number + 50, number)

    assert not await store.first(b"599", 600, 650, 600)
    assert not await store.first(b"3", 600, 53, 3)
    assert await store.first(b"3", 600, 650, 600)


async def test_after_the_machine_was_down_nothing_older_is_taken(shared: Shared) -> None:
    store = await begun(shared)
    await store.first(b"a", 100, 400, 100)
    shared.crash()
    store = await begun(shared, 150)

    assert not await store.first(b"b", 151, 400, 149)
    assert not await store.first(b"a", 151, 400, 100)
    assert await store.first(b"c", 151, 400, 151)


async def test_k6_a_clock_that_was_ahead_does_not_open_the_past_again(shared: Shared) -> None:
    store = await begun(shared)
    assert await store.first(b"a", 1000, 1301, 1000)
    assert await store.first(b"b", 4600, 4901, 4600)  # an hour ahead: what was over is forgotten

    assert not await store.first(b"a", 1001, 1301, 1000)
    assert await store.first(b"made now", 1002, 1303, 1002)


@pytest.mark.parametrize("seed", range(4))
async def test_all_of_them_say_the_same(seed: int) -> None:
    """Clocks that jump, nonces that come again, ends that are long over: the answers are equal, step by step."""
    chance, steps = random.Random(seed), []
    now = 1000
    for _ in range(150):
        now = max(0, now + chance.choice((0, 1, 5, 40, -30)))
        made = now - chance.choice((0, 0, 2, 70))
        steps.append((b"%d" % chance.randrange(60), now, made + 61, made))
    answers = {}
    for name, make in MAKERS.items():
        async with make() as shared:
            store = await begun(shared, 0)
            answers[name] = [await store.first(*step) for step in steps]

    assert answers["lmdb"] == answers["redis"]
    assert 20 < sum(answers["lmdb"]) < 130

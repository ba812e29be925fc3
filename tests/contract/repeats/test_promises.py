"""A turn is one owner's, an answer is for all, and nobody else can read it: whoever shares the memory, until its time is over."""

import asyncio
import os
import random
from collections.abc import AsyncIterator

import pytest

from lockgate.core.key_digest import Pepper
from lockgate.core.repeat import LEASE, NONCE, Given
from lockgate.stores.repeats import SealedRepeats
from tests.contract.repeats.makers import MAKERS, Shared

PLACE, PRINT, OTHER = b"p" * 32, b"1" * 32, b"2" * 32
SEALED = b"n" * NONCE + b"sealed"
MB = 1 << 20


@pytest.fixture(params=sorted(MAKERS))
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Shared]:
    async with MAKERS[request.param](16 * MB) as made:
        yield made


async def test_the_first_has_it_and_the_others_wait(shared: Shared) -> None:
    one, other = shared.one, shared.other

    assert await one.claim(PLACE, PRINT) == "mine"
    assert await other.claim(PLACE, PRINT) == "running"
    assert await other.claim(PLACE, OTHER) == "other"
    await one.keep(PLACE, SEALED, 60)
    assert await other.claim(PLACE, PRINT) == SEALED
    assert await other.claim(PLACE, OTHER) == "other"
    assert await one.claim(b"q" * 32, PRINT) == "mine"


async def test_of_many_at_once_one_has_it(shared: Shared) -> None:
    claims = [(shared.one, shared.other)[number % 2].claim(PLACE, PRINT) for number in range(40)]

    assert sorted(map(str, await asyncio.gather(*claims))) == ["mine"] + ["running"] * 39


async def test_what_came_to_nothing_begins_anew(shared: Shared) -> None:
    one, other = shared.one, shared.other
    await one.claim(PLACE, PRINT)

    await other.drop(PLACE)  # it is not its own
    assert await other.claim(PLACE, PRINT) == "running"
    await one.drop(PLACE)
    assert await other.claim(PLACE, OTHER) == "mine"


async def test_a_dead_owner_is_waited_for_as_long_as_its_lease(shared: Shared) -> None:
    one, other = shared.one, shared.other
    await one.claim(PLACE, PRINT)

    shared.passes(LEASE - 1)
    await other.renew(PLACE)  # it is not its own
    shared.passes(0.5)
    await one.renew(PLACE)
    shared.passes(LEASE - 1)
    assert await other.claim(PLACE, PRINT) == "running"
    shared.passes(2)
    assert await other.claim(PLACE, PRINT) == "mine"


async def test_who_lost_its_turn_says_nothing_any_more(shared: Shared) -> None:
    one, other = shared.one, shared.other
    await one.claim(PLACE, PRINT)
    shared.passes(LEASE + 1)
    await other.claim(PLACE, PRINT)

    await one.renew(PLACE)
    await one.keep(PLACE, b"o" * NONCE + b"too late", 60)
    await one.drop(PLACE)

    assert await one.claim(PLACE, PRINT) == "running"
    await other.keep(PLACE, SEALED, 60)
    assert await one.claim(PLACE, PRINT) == SEALED


async def test_who_has_answered_takes_nothing_back(shared: Shared) -> None:
    await shared.one.claim(PLACE, PRINT)
    await shared.one.keep(PLACE, SEALED, 60)

    await shared.one.drop(PLACE)
    await shared.one.renew(PLACE)
    await shared.one.keep(PLACE, b"o" * NONCE + b"another", 60)
    shared.passes(LEASE + 1)

    assert await shared.other.claim(PLACE, PRINT) == SEALED


async def test_an_answer_has_its_time(shared: Shared) -> None:
    await shared.one.claim(PLACE, PRINT)
    await shared.one.keep(PLACE, SEALED, 60)

    shared.passes(59)
    assert await shared.one.claim(PLACE, PRINT) == SEALED
    shared.passes(2)
    assert await shared.one.claim(PLACE, OTHER) == "mine"


async def test_an_answer_that_is_of_no_use_is_replaced_once(shared: Shared) -> None:
    one, other = shared.one, shared.other
    await one.claim(PLACE, PRINT)
    await one.keep(PLACE, SEALED, 60)

    assert await other.claim(PLACE, PRINT, SEALED[:NONCE]) == "mine"
    assert await one.claim(PLACE, PRINT, SEALED[:NONCE]) == "running"
    await other.keep(PLACE, b"o" * NONCE + b"newer", 60)
    assert await one.claim(PLACE, PRINT, SEALED[:NONCE]) == b"o" * NONCE + b"newer"


async def test_where_it_is_full_the_oldest_answers_leave_and_nobody_loses_a_turn(shared: Shared) -> None:
    await shared.one.claim(b"running".ljust(32), PRINT)
    places = [(b"%d" % number).ljust(32) for number in range(60)]
    for number, place in enumerate(places):
        assert await shared.one.claim(place, PRINT) == "mine"
        await shared.one.keep(place, os.urandom(300_000), 600 + number)

    assert isinstance(await shared.one.claim(places[-1], PRINT), bytes)
    assert await shared.one.claim(places[0], PRINT) == "mine"
    assert await shared.other.claim(b"running".ljust(32), PRINT) == "running"


async def test_nothing_can_be_read_in_it(shared: Shared) -> None:
    store = SealedRepeats(shared.one, Pepper(b"k" * 32))
    name = store.name(b"caller-canary key", b"policy")
    await store.claim(name, b"print-canary".ljust(32))
    await store.keep(name, Given(200, b"application/json", b'{"canary": "text of a model"}'))

    lies = shared.everything()

    assert b"canary" not in lies
    assert name.place in lies or name.place.hex().encode() in lies
    assert not any(part in lies or part.hex().encode() in lies for part in (name.seal, name.mark))


async def test_an_answer_is_for_those_who_have_the_same_pepper(shared: Shared) -> None:
    given = Given(200, b"", b"one")
    stores = [SealedRepeats(shared.one, Pepper(b"k" * 32)), SealedRepeats(shared.other, Pepper(b"k" * 32))]
    stranger = SealedRepeats(shared.other, Pepper(b"s" * 32))
    one, other, strange = (store.name(b"caller key", b"policy") for store in (*stores, stranger))
    await stores[0].claim(one, PRINT)
    await stores[0].keep(one, given)

    assert await stores[1].claim(other, PRINT) == given
    assert await stranger.claim(strange, PRINT) == "mine"


async def test_S33_an_answer_of_another_policy_is_given_to_nobody(shared: Shared) -> None:
    """Nor does a policy that changes make the key another request's, or two turns of one."""
    one, other = (SealedRepeats(rows, Pepper(b"k" * 32)) for rows in (shared.one, shared.other))
    old, new = one.name(b"caller key", b"old"), other.name(b"caller key", b"new")
    await one.claim(old, PRINT)
    assert await other.claim(new, PRINT) == "running"
    await one.keep(old, Given(200, b"", b"as the old one let it through"))

    assert await other.claim(new, OTHER) == "other"
    assert await other.claim(new, PRINT) == "mine"
    assert await one.claim(old, PRINT) == "running"
    await other.keep(new, Given(200, b"", b"new"))
    assert await other.claim(new, PRINT) == Given(200, b"", b"new")


async def test_who_waits_while_the_pepper_changes_still_waits_for_its_own_request(shared: Shared) -> None:
    store = SealedRepeats(shared.one, Pepper(b"k" * 32))
    name = store.name(b"caller key", b"policy")
    assert await store.claim(name, PRINT) == "mine"
    store.pepper = Pepper(b"n" * 32)

    assert await store.claim(name, PRINT) == "running"
    await store.keep(name, Given(200, b"", b"one"))
    assert await store.claim(name, PRINT) == Given(200, b"", b"one")


@pytest.mark.parametrize("seed", range(3))
async def test_all_of_them_say_the_same(seed: int) -> None:
    """Two owners, a few places, time that passes: the answers are equal, step by step."""
    said = {}
    for name, make in MAKERS.items():
        async with make(16 * MB) as shared:
            said[name] = [await step(shared, random.Random(f"{seed}.{number}")) for number in range(150)]

    assert said["lmdb"] == said["redis"]
    assert {"mine", "running", "other"} == {each for each in said["lmdb"] if isinstance(each, str)}


async def step(shared: Shared, chance: random.Random) -> object:
    rows, place = chance.choice((shared.one, shared.other)), chance.choice((b"a", b"b", b"c")) * 32
    what = chance.choice(("claim", "claim", "claim", "keep", "drop", "renew", "pass"))
    if what == "claim":
        useless = chance.choice((b"", b"", b"0" * NONCE))
        return await rows.claim(place, chance.choice((PRINT, PRINT, PRINT, OTHER)), useless)
    if what == "keep":
        return await rows.keep(place, chance.choice((b"0", b"1")) * NONCE + b"sealed", chance.choice((10, 60)))
    if what == "pass":
        return shared.passes(chance.choice((1, 4, 9)))
    return await (rows.drop(place) if what == "drop" else rows.renew(place))

"""What becomes of crowds at the real gate, in a simulated worker: nothing here depends on how fast this machine is."""

import asyncio
from functools import cache

import pytest

from tests.simulated.clockwork import Clockwork
from tests.simulated.crowd import WORLDS, after, at, most
from tests.simulated.worker import Connection, Worker, World

SECONDS = 2.0
HERE = "as here"


@cache
def whole(world: World) -> float:
    return most(world)


def together(world: World, number: int, batch: int, between: float) -> int:
    """So many of an idle gateway's clients begin, a batch at a time: how many of them are refused."""
    loop = Clockwork()
    heard: list[float] = []
    worker = Worker(loop, world)
    for place in range(number):
        client = Connection(worker, lambda _, later: heard.append(later))
        loop.at(loop.now + 0.1 + place // batch * between, client.arrive)
    loop.run_until_complete(asyncio.sleep(3.0))
    loop.ended()
    assert len(heard) == number
    return sum(later > 0 for later in heard)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("batch", [50, 400])
def test_of_400_who_begin_at_once_nobody_is_refused_for_nobody_is_overloaded(name: str, batch: int) -> None:
    assert together(WORLDS[name], 400, batch, 0.005) == 0


def test_a_crowd_that_cannot_be_served_soon_is_refused_in_part() -> None:
    assert 300 < together(WORLDS[HERE], 1000, 1000, 0.0) < 700


@pytest.mark.parametrize("name", WORLDS)
def test_K7_asked_for_three_times_as_much_it_does_what_it_can_and_the_others_hear_no_at_once(name: str) -> None:
    world = WORLDS[name]
    told = after(1900, whole(world) * 3, SECONDS, world)

    assert len(told.good) / SECONDS > 0.9 * whole(world)
    assert at(told.refused, 0.99) < 50
    assert at(told.good, 0.5) < 300


def test_K7_clients_that_come_back_when_asked_hear_a_no_soon_and_the_limit_does_not_drift_up() -> None:
    world = WORLDS[HERE]
    told = after(1900, 0, 2 * SECONDS, world)

    assert len(told.good) / SECONDS / 2 > 0.95 * whole(world)
    assert at(told.refused, 0.5) <= 50
    assert at(told.refused, 0.9) < 60
    assert told.limit <= 300

"""K6: a leap second. A kernel says 23:59:59 twice, or goes back from 00:00:00; where it is smeared, a clock only runs slower."""

import re
from datetime import UTC, datetime

import pytest

from tests.fakes import Script, StoppedClock
from tests.unit.pipeline.gateway import chat, openai_answer, told
from tests.unit.pipeline.limited import Shop, a_budget, a_limit

MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC).timestamp()
WAYS = {
    "23:59:59 twice": (-1.5, -0.9, -0.2, -0.8, -0.1, 0.1, 0.5, 1.0),
    "back from midnight": (-1.5, -0.5, 0.1, 0.6, -0.4, -0.1, 0.2, 0.9),
    "smeared": (-1.5, -1.0, -0.5, -0.25, -0.01, 0.0, 0.4, 0.9),
}
"""Seconds from midnight, as the clock of the machine says them one after the other."""


class Leaping(StoppedClock):
    at = 0.0

    def wall(self) -> float:
        return MIDNIGHT + self.at


@pytest.mark.parametrize("way", WAYS)
async def test_K6_in_a_leap_second_no_day_grants_twice_and_the_next_one_begins(way: str) -> None:
    """Two answers fit into a day: both days grant two, whichever of them the clock says that it is."""
    shop = Shop(a_budget(0.02, per="day"), a_limit("requests", 100, "1m"))
    shop.clock = clock = Leaping()
    statuses, waits = [], []
    for at in WAYS[way]:
        clock.at, shop.time.now = at, shop.time.now + 300_000  # the time of the store does not leap
        reply, _ = await shop.ask(Script(openai_answer()), chat("cheap", max_tokens=7))
        statuses.append(reply.status)
        waits += [int(each) for each in re.findall(rb";t=(-?\d+)", told(reply, b"ratelimit"))]
        outcome = shop.notebook.outcome
        assert outcome.duration_ms >= 0  # by a clock that does not leap
        assert outcome.ts == pytest.approx(clock.wall() + outcome.duration_ms / 1000, abs=0.001)

    assert sorted(statuses) == [200] * 4 + [429] * 4
    assert statuses[:2] == [200, 200]
    assert statuses[-1] == 429  # the new day's two were had, before the clock went back or behind it
    assert shop.charged() == 4 * 7_000_000 + 4  # in dollars and in requests: whoever is refused is charged nothing
    assert waits
    assert min(waits) >= 0

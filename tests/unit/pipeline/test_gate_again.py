"""The same request again, from one who was refused: the same answer, until there is room."""

import asyncio
from collections import Counter
from typing import cast

from lockgate.core.gradient import Gradient
from lockgate.core.rank import Rank
from lockgate.core.room import FIRST
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.rests import AGAIN, AT_ONCE, LATEST, REFUSALS, SOONEST, Rests
from tests.unit.pipeline.test_gate import Request, Still, emptied, settled


def asked_again(request: Request, before: int = 0) -> tuple[float, float] | None:
    assert request.ledger.shed is not None
    return request.ledger.shed.again(before)


async def test_who_was_refused_is_refused_again_for_as_long_as_the_line_is_full_of_its_like() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 1)
    inside, waits = Request(gate, "paid"), Request(gate, "free")
    await settled()
    low = Request(gate, "free")
    await settled()
    assert asked_again(low)
    higher = Request(gate, "paid")  # it takes the place of the one of the lower class
    paid = Request(gate, "paid")
    await settled()
    assert waits.refused
    assert asked_again(low)
    assert asked_again(paid)
    assert gate.refusals == {("free", "full"): 2, ("paid", "full"): 1, ("free", "again"): 2, ("paid", "again"): 1}

    gate.leave(inside.ledger)  # the one who waits goes in, and there is one place in the line
    assert asked_again(paid) is None
    assert asked_again(low), "as many are let through as there is room"
    await settled()
    assert asked_again(low) is None, "nobody came"
    await settled()
    gate.serve_only(Rank.PAID)
    assert asked_again(low)
    assert asked_again(paid) is None
    gate.serve_only(Rank.FREE)
    gate.limited = False
    assert asked_again(low) is None
    await emptied(gate, [inside, waits, low, higher, paid])


async def test_those_who_are_refused_together_are_asked_to_come_back_at_different_times() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 0)
    requests = [Request(gate, "paid") for _ in range(401)]
    await settled()

    refused = [r.refused for r in requests if r.refused]

    parts = Counter(int(8 * ((r.retry_after or 0.0) - SOONEST) / (LATEST - SOONEST)) for r in refused)
    assert sorted(parts) == list(range(8))
    assert all(48 <= number <= 52 for number in parts.values())
    assert all((r.kind.code, r.status, r.source) == ("overloaded", 503, "gateway") for r in refused)


async def test_of_many_who_ask_again_at_once_a_few_rest_as_long_as_they_were_told_and_the_others_not_at_all() -> None:
    gate = Gate(cast("asyncio.AbstractEventLoop", Still()), Gradient(limit=1), 0)
    inside, refused = Request(gate, "paid"), Request(gate, "paid")
    await settled()
    assert refused.refused is not None

    rate = int(AGAIN * FIRST)
    told = [again for again in (asked_again(refused) for _ in range(2 * rate)) if again]

    at_once = [pause for _, pause in told].count(0.0)
    first = AGAIN / REFUSALS
    assert AT_ONCE * rate - first - 2 <= at_once <= AT_ONCE * rate + 2
    assert [pause for _, pause in told[at_once:]] == [later for later, _ in told[at_once:]]
    assert len({round(later, 3) for later, _ in told}) > (LATEST - SOONEST) * 900, "they do not come back together"
    assert gate.repeated == 2 * rate, "they are all counted"
    await emptied(gate, [inside])


async def test_those_who_wait_to_be_looked_at_will_have_the_places_that_are_free() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 3)
    requests = [Request(gate, "paid") for _ in range(5)]
    await settled()
    gate.leave(requests[0].ledger)  # one of the three who wait goes in
    last = requests[-1]
    assert last.refused

    assert asked_again(last, 1), "somebody waits for that place"
    assert asked_again(last, 1)
    assert asked_again(last, 0) is None
    assert asked_again(last, 0), "and now it is taken"
    await emptied(gate, requests)


async def test_K7_who_waits_to_be_looked_at_takes_no_place_from_a_higher_class() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 1)
    inside, waits, last = (Request(gate, "critical") for _ in range(3))
    await settled()
    low = Request(gate, "free")
    await settled()
    assert last.refused
    assert low.refused
    gate.leave(inside.ledger)  # the one who waits goes in, and there is one place in the line

    assert asked_again(low, 1)
    assert asked_again(last, 5) is None, "they may all be of the lower class"
    await emptied(gate, [inside, waits, last, low])


async def test_how_many_are_refused_at_once_follows_how_many_get_their_turn() -> None:
    """On a quick machine a no costs less, too."""

    def at_once(rate: float) -> int:
        rests = Rests(cast("asyncio.AbstractEventLoop", Still()))
        return sum(not rests.next(rate)[1] for _ in range(10_000))

    assert (at_once(1000), at_once(5000)) == (1001, 5001)


async def test_who_was_refused_for_memory_before_anybody_waited_is_let_through_when_there_is_enough() -> None:
    gate = Gate(asyncio.get_running_loop())
    gate.serve_only(Rank.CRITICAL)
    low = Request(gate, "paid")
    await settled()
    assert low.refused
    assert asked_again(low)

    gate.serve_only(Rank.FREE)
    assert asked_again(low) is None
    await emptied(gate, [low])

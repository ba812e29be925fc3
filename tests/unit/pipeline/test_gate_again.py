"""The same request again, from one who was refused: the same answer, until there is room."""

import asyncio
from typing import cast

from lockgate.core.gradient import Gradient
from lockgate.core.rank import Rank
from lockgate.pipeline.gate import AGAIN, AT_ONCE, Gate
from tests.unit.pipeline.test_gate import Request, Still, emptied, settled


def asked_again(request: Request) -> float | None:
    assert request.ledger.shed is not None
    return request.ledger.shed.again()


async def test_who_was_refused_is_refused_again_for_as_long_as_the_line_is_full_of_its_like() -> None:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=1), 1)
    inside, waits = Request(gate, "paid"), Request(gate, "free")
    await settled()
    low = Request(gate, "free")
    await settled()
    assert asked_again(low) == 0.0
    higher = Request(gate, "paid")  # it takes the place of the one of the lower class
    paid = Request(gate, "paid")
    await settled()
    assert waits.refused
    assert (asked_again(low), asked_again(paid)) == (0.0, 0.0)
    assert gate.refusals == {("free", "full"): 2, ("paid", "full"): 1, ("free", "again"): 2, ("paid", "again"): 1}

    gate.leave(inside.ledger)  # the one who waits goes in, and there is one place in the line
    assert [asked_again(each) for each in (paid, low)] == [None, 0.0], "as many are let through as there is room"
    await settled()
    assert asked_again(low) is None, "nobody came"
    await settled()
    gate.serve_only(Rank.PAID)
    assert (asked_again(low), asked_again(paid)) == (0.0, None)
    gate.serve_only(Rank.FREE)
    gate.limited = False
    assert asked_again(low) is None
    await emptied(gate, [inside, waits, low, higher, paid])


async def test_of_many_who_ask_again_at_once_a_few_rest_as_long_as_they_were_told_and_the_others_not_at_all() -> None:
    gate = Gate(cast("asyncio.AbstractEventLoop", Still()), Gradient(limit=1), 0)
    inside, refused = Request(gate, "paid"), Request(gate, "paid")
    await settled()
    assert refused.refused is not None

    rests = [asked_again(refused) for _ in range(AGAIN)]

    at_once = rests.count(0.0)
    assert AT_ONCE * AGAIN - AGAIN // 1000 <= at_once <= AT_ONCE * AGAIN + 2
    assert rests == [0.0] * at_once + [refused.refused.retry_after] * (AGAIN - at_once)
    assert gate.repeated == AGAIN, "they are all counted"
    await emptied(gate, [inside])

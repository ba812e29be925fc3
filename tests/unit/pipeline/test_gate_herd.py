"""Many who come in the same moment: all are heard before much work begins."""

import asyncio

from lockgate.core.gradient import Gradient
from lockgate.pipeline.gate import TURN, Gate
from tests.unit.pipeline.test_gate import Request, emptied


async def test_of_many_who_come_at_once_few_begin_in_a_turn_of_the_loop_and_all_for_whom_there_is_room_are_served() -> (
    None
):
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=5 * TURN), 10)
    herd = [Request(gate, "paid") for _ in range(7 * TURN)]
    begun = []
    while gate.inside < 5 * TURN:
        await asyncio.sleep(0)
        begun.append(gate.inside)

    assert max(after - before for before, after in zip([0, *begun], begun, strict=False)) <= 2 * TURN
    assert len([r for r in herd if r.inside or r.waits]) == 5 * TURN + 10, "the places count, and the line's"
    assert gate.refusals == {("paid", "full"): 2 * TURN - 10}
    await emptied(gate, herd)

"""Slices of budgets: spent while the store is away, never beyond the budget, and all given back."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as some

from lockgate.core.limit import Claim, Lease, Shape
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.slices import Slices
from tests.contract.limits.twin import Memory, Time, Twin

BUDGET = Shape("period", 10_000)
RATE = Shape("sliding", 8, 60_000_000)


def paid(amount: int, since: int = 1) -> Claim:
    return Claim(bytes(16), BUDGET, amount, since=since)


def counted() -> Claim:
    return Claim(bytes([1]) * 16, RATE, 1, at_once=True)


@dataclass
class Worker:
    memory: Memory = field(default_factory=lambda: Memory(Time()))
    at: float = 0.0

    def __post_init__(self) -> None:
        self.store = Twin(self.memory, f"worker-{id(self)}")
        self.slices = Slices(LocalLimits(2, self.memory.time), lambda: self.at)

    async def spend(self, amount: int) -> None:
        """A request while the store answers."""
        verdict = await self.store.reserve([paid(amount)])
        if verdict.refused and self.slices.release(self.store, [paid(amount)]):
            verdict = await self.store.reserve([paid(amount)])
        if verdict.lease is not None:
            self.store.settle(verdict.lease, [amount])
            self.slices.note(paid(amount), amount)

    async def standing(self) -> tuple[int, int]:
        (it,) = await self.store.read([paid(0)])
        return it.used, it.held


async def begun() -> Worker:
    worker = Worker()
    await worker.store.restore(())
    await worker.store.beat()
    return worker


async def test_a_slice_is_what_was_spent_and_at_most_one_percent() -> None:
    worker = await begun()
    for _ in range(3):
        await worker.spend(10)
    await worker.slices.renew(worker.store)
    assert await worker.standing() == (30, 30)
    for _ in range(30):
        await worker.spend(10)

    await worker.slices.renew(worker.store)

    assert await worker.standing() == (330, 100)


async def test_it_is_spent_while_the_store_is_away_and_settled_after() -> None:
    worker = await begun()
    for _ in range(20):
        await worker.spend(10)
    await worker.slices.renew(worker.store)

    granted: list[Lease] = []
    while (verdict := worker.slices.reserve([paid(30)], [0])) and verdict.lease:
        granted.append(verdict.lease)
    assert len(granted) == 3
    worker.slices.settle(granted[0], [10])
    worker.slices.settle(granted[0], [10])
    assert worker.slices.reserve([paid(30)], [0]) is not None
    worker.slices.settle(granted[1], [30])

    await worker.slices.renew(worker.store)

    # two requests still hold some of the old slice, so it is held until they end
    assert await worker.standing() == (200, 200)


async def test_what_is_no_budget_is_counted_at_the_share_of_this_worker() -> None:
    worker = await begun()
    for _ in range(20):
        await worker.spend(10)
    await worker.slices.renew(worker.store)

    verdicts = [worker.slices.reserve([counted(), paid(1)], [1]) for _ in range(6)]

    assert [bool(v and v.lease) for v in verdicts] == [True] * 4 + [False] * 2
    assert verdicts[-1] is not None
    assert verdicts[-1].refused == (0,)


async def test_no_slice_for_another_period_for_too_much_or_when_little_is_free() -> None:
    worker = await begun()
    for _ in range(20):
        await worker.spend(10)
    await worker.slices.renew(worker.store)
    assert worker.slices.reserve([paid(1, since=2)], [0]) is None
    assert worker.slices.reserve([paid(101)], [0]) is None
    await worker.spend(8_900)
    await worker.slices.renew(worker.store)

    assert await worker.standing() == (9_100, 0)
    assert worker.slices.reserve([paid(1)], [0]) is None


async def test_a_slice_keeps_nobody_from_the_last_cent() -> None:
    worker = await begun()
    for _ in range(10):
        await worker.spend(10)
    await worker.slices.renew(worker.store)

    await worker.spend(9_900)

    assert await worker.standing() == (10_000, 0)


async def test_it_goes_when_nothing_is_asked_any_more() -> None:
    worker = await begun()
    await worker.spend(50)
    await worker.slices.renew(worker.store)
    worker.at += 180

    await worker.slices.renew(worker.store)

    assert await worker.standing() == (50, 0)


steps = some.lists(
    some.tuples(
        some.sampled_from(("spend", "renew", "away", "end", "time")), some.integers(0, 120), some.integers(0, 1)
    ),
    max_size=60,
)


@settings(deadline=None)
@given(steps)
def test_whatever_happens_the_sum_is_what_was_used_and_never_more_than_the_budget(
    steps: list[tuple[str, int, int]],
) -> None:
    async def run() -> None:
        memory = Memory(Time())
        workers = [Worker(memory), Worker(memory)]
        await workers[0].store.restore(())
        running: list[tuple[Worker, Lease]] = []
        for what, amount, number in steps:
            worker = workers[number]
            if what == "spend":
                await worker.spend(amount)
            elif what == "renew":
                await worker.slices.renew(worker.store)
            elif what == "away":
                verdict = worker.slices.reserve([paid(amount)], [0])
                running += [(worker, verdict.lease)] if verdict and verdict.lease else []
            elif what == "end" and running:
                worker, lease = running.pop()
                worker.slices.settle(lease, [min(amount, lease.claims[0].amount)])
            else:
                worker.at += amount
            used, held = await worker.standing()
            assert used + held <= BUDGET.max
        for worker, lease in running:
            worker.slices.settle(lease, [0])
        for worker in workers:
            worker.at += 1_000
            await worker.slices.renew(worker.store)
        assert (await workers[0].standing())[1] == 0

    asyncio.run(run())

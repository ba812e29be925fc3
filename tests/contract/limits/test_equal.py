"""Every store does what the twin does, step by step, whatever the steps are: so all stores are equal."""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule, run_state_machine_as_test

from lockgate.core.limit import Charge, Claim, Lease, LimitStore, Shape, StoreEmptyError
from tests.contract.limits.makers import MAKERS, Shared

T = TypeVar("T")
SECOND = 1_000_000
SHAPES = (
    Shape("sliding", 10, 60 * SECOND),
    Shape("sliding", 1_000_000, 1_000_003),
    Shape("smooth", 60, 60 * SECOND, burst=10),
    Shape("smooth", 7, 11, burst=3),
    Shape("period", 10),
    Shape("open", 3),
)
"""A counter has one shape for good: its number is its place here."""

amounts = some.one_of(some.integers(0, 4), some.integers(0, 2_000_000))
sinces = some.sampled_from((0, 100, 200, 300))
places = some.integers(0, len(SHAPES) - 1)
claims = some.lists(
    some.builds(
        lambda place, amount, since, **more: Claim(bytes([place]) * 16, SHAPES[place], amount, since=since, **more),
        places,
        amounts,
        sinces,
        at_once=some.booleans(),
        shadow=some.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda claim: claim.counter,
)
steps = some.one_of(some.integers(0, 3 * SECOND), some.sampled_from((30 * SECOND, 60 * SECOND, 200 * SECOND)))
history = some.lists(some.tuples(places, some.integers(1, 5), some.integers(0, 70 * SECOND), sinces), max_size=6)


class Pair:
    """The same owner of the twin's memory and of the store's."""

    def __init__(self, name: str, mine: Shared, theirs: Shared) -> None:
        self.stores: tuple[LimitStore, LimitStore] = (mine.owner(name), theirs.owner(name))


@contextmanager
def world(kind: str) -> Iterator[tuple[asyncio.Runner, Shared]]:
    """One store for all examples: it is emptied between them."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        shared = runner.run(stack.enter_async_context(MAKERS[kind]()))
        try:
            yield runner, shared
        finally:
            runner.run(stack.aclose())


class Equal(RuleBasedStateMachine):
    """The steps. `runner` and `theirs`, the store, are those of one kind."""

    runner: ClassVar[asyncio.Runner]
    theirs: ClassVar[Shared]
    leases = Bundle("leases")
    counter = 0

    def both(self, calls: tuple[Awaitable[T], Awaitable[T]]) -> tuple[T | str, T | str]:
        return self.said(calls[0]), self.said(calls[1])

    def said(self, call: Awaitable[T]) -> T | str:
        async def told() -> T | str:
            try:
                return await call
            except StoreEmptyError:
                return "empty"

        return self.runner.run(told())

    @initialize()
    def begin(self) -> None:
        self.theirs.empty()
        self.mine = self.runner.run(AsyncExitStack().enter_async_context(MAKERS["twin"]()))
        self.pairs = [self.owner(), self.owner()]
        self.theirs.time.now = self.mine.time.now

    def owner(self) -> Pair:
        type(self).counter += 1
        return Pair(f"owner-{type(self).counter}", self.mine, self.theirs)

    @rule(target=leases, whose=some.booleans(), claims=claims)
    def reserve(self, whose: bool, claims: list[Claim]) -> Any:
        pair = self.pairs[whose]
        one, other = self.both((pair.stores[0].reserve(claims), pair.stores[1].reserve(claims)))
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
            return None
        assert (one.standings, one.refused, one.over) == (other.standings, other.refused, other.over)
        assert (one.lease is None) == (other.lease is None)
        if one.lease is None or other.lease is None:
            return None
        assert bool(one.lease.id) == bool(other.lease.id)
        return pair, one.lease, other.lease

    @rule(leased=consumes(leases), uses=some.lists(amounts, min_size=4, max_size=4), twice=some.booleans())
    def settle(self, leased: tuple[Pair, Lease, Lease] | None, uses: list[int], twice: bool) -> None:
        if leased is None or leased[0] not in self.pairs:
            return
        pair, *both = leased
        for store, lease in zip(pair.stores, both, strict=True):
            for _ in range(1 + twice):
                self.runner.run(settled(store, lease, uses[: len(lease.claims)]))

    @rule(whose=some.booleans(), claims=claims)
    def read(self, whose: bool, claims: list[Claim]) -> None:
        stores = self.pairs[whose].stores
        one, other = self.both((stores[0].read(claims), stores[1].read(claims)))
        assert one == other

    @rule(whose=some.booleans())
    def beat(self, whose: bool) -> None:
        stores = self.pairs[whose].stores
        one, other = self.both((stores[0].beat(), stores[1].beat()))
        assert one == other

    @rule(whose=some.booleans())
    def recover(self, whose: bool) -> None:
        stores = self.pairs[whose].stores
        one, other = self.both((stores[0].recover(), stores[1].recover()))
        assert one == other

    @rule(whose=some.booleans())
    def leave(self, whose: bool) -> None:
        stores = self.pairs[whose].stores
        self.both((stores[0].aclose(), stores[1].aclose()))
        self.pairs[whose] = self.owner()

    @rule(step=steps)
    def wait(self, step: int) -> None:
        self.mine.time.now += step
        self.theirs.time.now = self.mine.time.now

    @rule()
    def forget(self) -> None:
        self.mine.empty()
        self.theirs.empty()

    @rule(whose=some.booleans(), told=history)
    def restore(self, whose: bool, told: list[tuple[int, int, int, int]]) -> None:
        now = self.mine.time.now
        rows = [
            Charge(bytes([place]) * 16, SHAPES[place], amount, now - ago, since)
            for place, amount, ago, since in sorted(told, key=lambda each: -each[2])
        ]
        stores = self.pairs[whose].stores
        one, other = self.both((stores[0].restore(rows), stores[1].restore(rows)))
        assert one == other

    def teardown(self) -> None:
        for pair in getattr(self, "pairs", ()):
            self.runner.run(pair.stores[1].aclose())


async def settled(store: LimitStore, lease: Lease, uses: list[int]) -> None:
    """And known to all: a store may settle a moment later."""
    store.settle(lease, uses)
    if flush := getattr(store, "flush", None):
        await flush()


@pytest.mark.parametrize("kind", sorted(set(MAKERS) - {"twin"}))
def test_a_store_does_what_the_twin_does(kind: str) -> None:
    with world(kind) as (runner, shared):
        run_state_machine_as_test(
            type(f"Equal_{kind}", (Equal,), {"runner": runner, "theirs": shared}),
            settings=settings(
                max_examples=int(os.environ.get("LOCKGATE_EQUAL_EXAMPLES", "40")),
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

"""Whatever is done, in whatever order, a store answers as the twin does; and no limit is ever exceeded."""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lockgate.core.limit import LEASE_SECONDS, Charge, Claim, Lease, LimitStore, Shape, StoreEmptyError, Verdict
from lockgate.core.store import StoreError
from tests.contract.limits.makers import MAKERS, Shared
from tests.contract.limits.twin import Memory, Twin

T = TypeVar("T")
SECOND = 1_000_000
SHAPES = (
    Shape("sliding", 10, 60 * SECOND),
    Shape("sliding", 1000, 7 * SECOND + 1),
    Shape("smooth", 20, 10 * SECOND, burst=4),
    Shape("period", 30),
    Shape("open", 3),
)
OWNERS = ("one", "two", "three")
EXAMPLES = int(os.environ.get("LOCKGATE_EXAMPLES", "60"))
counters = st.sampled_from(range(len(SHAPES)))
amounts = st.one_of(st.integers(0, 12), st.integers(0, 1200))


@st.composite
def claims(draw: st.DrawFn) -> tuple[Claim, ...]:
    chosen = draw(st.lists(counters, min_size=1, max_size=4, unique=True))
    return tuple(
        Claim(
            n.to_bytes(16, "big"),
            SHAPES[n],
            draw(amounts) if n != 4 else 1,
            at_once=draw(st.booleans()) and n != 4,
            shadow=draw(st.sampled_from((False, False, False, True))),
            since=draw(st.sampled_from((100, 100, 200, 300))) if n == 3 else 0,
        )
        for n in chosen
    )


class Alike(RuleBasedStateMachine):
    """Two memories, three owners of each, one clock."""

    maker = "twin"

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.shared: Shared = self.wait(self.stack.enter_async_context(MAKERS[self.maker]()))
        self.memory = Memory(self.shared.time)
        self.stores: dict[str, LimitStore] = {name: self.shared.owner(name) for name in OWNERS}
        self.twins = {name: Twin(self.memory, name) for name in OWNERS}
        self.leases: list[tuple[str, Lease, Lease]] = []
        self.restored = 0

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.wait(self.stack.aclose())
        self.loop.close()

    def both(self, owner: str, method: str, *args: Any) -> Any:
        """What both say, which must be the same; None for both being empty."""
        told = []
        for store in (self.stores[owner], self.twins[owner]):
            try:
                told.append(self.wait(getattr(store, method)(*args)))
            except StoreEmptyError:
                told.append(None)
        mine, theirs = told
        if isinstance(theirs, Verdict) and isinstance(mine, Verdict):
            assert (mine.standings, mine.refused, mine.over) == (theirs.standings, theirs.refused, theirs.over)
            assert (mine.lease is None) == (theirs.lease is None)
            if mine.lease and theirs.lease:
                assert bool(mine.lease.id) == bool(theirs.lease.id)
                self.leases.append((owner, mine.lease, theirs.lease))
        else:
            assert mine == theirs
        return mine

    @initialize()
    def begin(self) -> None:
        self.both("one", "restore", ())
        for owner in OWNERS:
            self.both(owner, "beat")

    @rule(owner=st.sampled_from(OWNERS), wanted=claims())
    def reserve(self, owner: str, wanted: tuple[Claim, ...]) -> None:
        self.both(owner, "reserve", wanted)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), again=st.booleans())
    def settle(self, data: st.DataObject, *, again: bool) -> None:
        place = data.draw(st.integers(0, len(self.leases) - 1))
        owner, mine, theirs = self.leases[place]
        used = [data.draw(st.integers(0, claim.amount + 2)) for claim in mine.claims]
        self.stores[owner].settle(mine, used)
        self.twins[owner].settle(theirs, used)
        if not again:
            self.leases.pop(place)

    @precondition(lambda self: any(mine.id for _, mine, _ in self.leases))
    @rule(data=st.data())
    def extend(self, data: st.DataObject) -> None:
        """One that may be over: settled, recovered, or of a memory that is lost."""
        place = data.draw(st.sampled_from([i for i, (_, mine, _) in enumerate(self.leases) if mine.id]))
        owner, mine, theirs = self.leases[place]
        more = [data.draw(amounts) for _ in mine.claims]
        told: list[Verdict | type[StoreError]] = []
        for store, lease in ((self.stores[owner], mine), (self.twins[owner], theirs)):
            try:
                told.append(self.wait(store.extend(lease, more)))
            except StoreError as error:
                told.append(type(error))
        one, other = told
        if not isinstance(one, Verdict) or not isinstance(other, Verdict):
            assert one == other
            return
        assert (one.standings, one.refused, one.over) == (other.standings, other.refused, other.over)
        assert (one.lease and one.lease.claims) == (other.lease and other.lease.claims)
        if one.lease and other.lease:
            self.leases[place] = (owner, one.lease, other.lease)

    @rule(by=st.one_of(st.integers(0, 3 * SECOND), st.integers(0, 90 * SECOND)))
    def wait_a_while(self, by: int) -> None:
        self.shared.time.now += by

    @precondition(lambda self: self.memory.epoch)
    @rule(n=counters, amount=amounts, off=st.sampled_from((-1, 0, 0, 1)))
    def wait_until_it_fits(self, n: int, amount: int, off: int) -> None:
        """To the microsecond, or one beside it."""
        claim = Claim(n.to_bytes(16, "big"), SHAPES[n], amount)
        (standing,) = self.both("one", "read", (claim,))
        self.shared.time.now += max(0, (standing.wait if standing.wait > 0 else standing.reset) + off)
        self.both("one", "read", (claim,))

    @rule(owner=st.sampled_from(OWNERS))
    def beat(self, owner: str) -> None:
        self.both(owner, "beat")

    @rule(owner=st.sampled_from(OWNERS))
    def recover(self, owner: str) -> None:
        self.both(owner, "recover")

    @rule()
    def outlive_a_lease(self) -> None:
        self.shared.time.now += int(LEASE_SECONDS * SECOND)

    @rule(data=st.data())
    def lose_the_memory(self, data: st.DataObject) -> None:
        """And get it back, from whatever a log may say."""
        self.shared.empty()
        self.memory.empty()
        now = self.shared.time.now
        ages = sorted(data.draw(st.lists(st.integers(0, 100 * SECOND), max_size=6)), reverse=True)
        log = []
        for age in ages:
            n = data.draw(counters)
            since = data.draw(st.sampled_from((100, 200))) if n == 3 else 0
            log.append(Charge(n.to_bytes(16, "big"), SHAPES[n], data.draw(st.integers(0, 8)), now - age, since))
        assert self.both("two", "read", (Claim(bytes(16), SHAPES[0], 1),)) is None
        assert self.both("one", "restore", log) is True
        assert self.both("two", "restore", ()) is False
        for owner in OWNERS:
            self.both(owner, "beat")

    @invariant()
    def all_counters_are_the_same(self) -> None:
        if self.memory.epoch:
            wanted = [
                Claim(n.to_bytes(16, "big"), shape, 1, since=200 if n == 3 else 0) for n, shape in enumerate(SHAPES)
            ]
            self.both("three", "read", wanted)


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_a_store_answers_as_the_twin_does(maker: str) -> None:
    machine = type("Machine", (Alike,), {"maker": maker})
    few = settings(
        max_examples=EXAMPLES,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)

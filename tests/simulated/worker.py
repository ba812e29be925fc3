"""A worker: the real gate and the real turns, and everything else as the time that it takes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from math import ceil

from lockgate.core.auth import Caller
from lockgate.core.http import Again
from lockgate.core.problem import Problem
from lockgate.edge.turns import Turns
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.ledger import Ledger
from tests.simulated.clockwork import Clockwork

US = 1e-6
FORGOTTEN = 0.25
"""Seconds after which the edge forgets what it said to others."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of the worker's processor for parts of a request, as measured on the machine of 2026-11-27, about."""

    read: float = 12 * US
    begin: float = 45 * US
    """Its head is understood, and who sends it."""
    work: float = 55 * US
    """From a place until it is to be written down."""
    line: float = 20 * US
    """In the audit log: the thread has the same processor."""
    batch: float = 1000 * US
    send: float = 35 * US
    answer: float = 60 * US
    no: float = 50 * US
    """A refusal, beside reading and beginning."""
    again: float = 10 * US
    """The same one, beside reading."""

    def times(self, factor: float) -> "Costs":
        """Of a slower machine."""
        return replace(self, **{field.name: getattr(self, field.name) * factor for field in fields(self)})


@dataclass(frozen=True, slots=True)
class World:
    """`flush`: seconds until a batch is on the disk. `upstream`: until it answers. `load`: of the clients' processor, to send
    or to hear something.
    """

    costs: Costs = Costs()
    flush: float = 0.0015
    upstream: float = 0.001
    load: float = 15 * US


class Log:
    """One batch is written while the next one grows."""

    def __init__(self, loop: Clockwork, world: World) -> None:
        self._loop, self._world = loop, world
        self._next: list[asyncio.Future[None]] = []
        self._flying = self._due = False

    def put(self) -> asyncio.Future[None]:
        future = self._loop.create_future()
        self._next.append(future)
        if not self._due and not self._flying:
            self._due = True
            self._loop.call_soon(self._give)
        return future

    def _give(self) -> None:
        self._due = False
        if self._next and not self._flying:
            batch, self._next, self._flying = self._next, [], True
            self._loop.at(self._loop.now + self._world.flush, partial(self._loop.call_soon, self._accepted, batch))

    def _accepted(self, batch: list[asyncio.Future[None]]) -> None:
        self._loop.spend(len(batch) * self._world.costs.line + self._world.costs.batch)
        self._flying = False
        for future in batch:
            if not future.done():
                future.set_result(None)
        if self._next:
            self._loop.call_later(0.001, self._give)


class Worker:
    def __init__(self, loop: Clockwork, world: World) -> None:
        self.loop, self.world, self.costs = loop, world, world.costs
        self.gate, self.turns, self.log = Gate(loop, clock=loop.clock), Turns(loop), Log(loop, world)
        self.no: Again | None = None
        """Of the last moment. All clients have the same address and credential."""
        self._forget()

    def _forget(self) -> None:
        self.no = None
        self.loop.call_later(FORGOTTEN, self._forget)


class Connection:
    """One that asks again and again, over a connection that it keeps. `heard` is told after how many seconds it is asked to
    come back; 0: it was served.
    """

    def __init__(self, worker: Worker, heard: "Callable[[Connection, float], None]") -> None:
        self._worker, self._heard = worker, heard
        self._caller = Caller("k", "t")
        self._no: Again | None = None
        self._rests = self._came = False
        self.asked = 0.0

    def arrive(self) -> None:
        """A request has come."""
        if self._rests:
            self._came = True
            return
        self._worker.loop.spend(self._worker.costs.read)
        self._head(due=False)

    def look(self) -> None:
        self._head(due=True)

    def _head(self, *, due: bool) -> None:
        worker = self._worker
        no = self._no or worker.no
        if no is not None and (said := no(0 if due else worker.turns.waiting)) is not None:
            self._no = no
            worker.loop.spend(worker.costs.again)
            self._refused(*said)
        elif worker.turns.full and not due:
            worker.turns.wait(self)
        else:
            self._no = None
            worker.turns.fresh += 1
            worker.loop.create_task(self._serve())

    async def _serve(self) -> None:
        worker, costs, loop = self._worker, self._worker.costs, self._worker.loop
        worker.turns.ran()
        ledger = Ledger("id", 0.0, 0.0)
        loop.spend(costs.begin)
        try:
            if not worker.gate.entered(ledger):
                await worker.gate.wait(self._caller, ledger)
        except Problem as problem:
            assert ledger.shed is not None
            assert problem.retry_after is not None
            loop.spend(costs.no)
            worker.log.put()
            self._no = worker.no = ledger.shed.again
            self._refused(problem.retry_after, ledger.shed.pause)
            return
        loop.spend(costs.work)
        await worker.log.put()
        worker.gate.leave(ledger, whole=True)
        loop.spend(costs.send)
        answered = loop.create_future()
        loop.at(loop.now + worker.world.upstream, partial(answered.set_result, None))
        await answered
        loop.spend(costs.read + costs.answer)
        await worker.log.put()
        self._heard(self, 0.0)

    def _refused(self, later: float, pause: float) -> None:
        if pause:
            self._rests = True
            self._worker.loop.call_later(pause, self._awake)
        self._heard(self, ceil(later))

    def _awake(self) -> None:
        self._rests = False
        if self._came:
            self._came = False
            self.arrive()

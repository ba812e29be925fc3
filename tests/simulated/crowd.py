"""Clients of a simulated worker. `python -m tests.simulated.crowd` prints what becomes of them, for whoever tunes the gate."""

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace

from tests.simulated.clockwork import Clockwork
from tests.simulated.worker import Connection, Costs, Worker, World

STEP = 0.001
WHOLE = 64
"""So many clients in turn are as much as a worker can do."""


@dataclass(slots=True)
class Told:
    """Seconds that they waited for what they heard; the limit at the end, and its most."""

    good: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    unsent: int = 0
    limit: int = 0


class Crowd:
    """So many connections: all ask `rate` times a second whatever becomes of it, or each one when it was answered, and after a
    refusal when it was told to.
    """

    def __init__(self, worker: Worker, connections: int, rate: float) -> None:
        self._loop, self._load, self._rate = worker.loop, worker.world.load, rate
        self._busy = self._began = self._loop.now
        self._steps = self._sent = 0
        self.told = Told()
        self._free = deque(Connection(worker, self._heard) for _ in range(connections))
        if rate:
            self._pace()
        else:
            for each in self._free:
                self._ask(self._began, each)

    def _pace(self) -> None:
        """Who finds no connection free is counted and does not wait."""
        now = self._began + self._steps * STEP
        due = int((now - self._began) * self._rate)
        for _ in range(self._sent, due):
            if self._free:
                self._ask(now, self._free.popleft())
            else:
                self.told.unsent += 1
        self._sent, self._steps = due, self._steps + 1
        self._loop.at(now + STEP, self._pace)

    def _own(self, now: float) -> float:
        """The clients have one processor, too."""
        self._busy = max(self._busy, now) + self._load
        return self._busy

    def _ask(self, now: float, each: Connection) -> None:
        each.asked = self._own(now)
        self._loop.at(each.asked, each.arrive)

    def _heard(self, each: Connection, later: float) -> None:
        now = self._own(self._loop.now)
        (self.told.refused if later else self.told.good).append(now - each.asked)
        if self._rate:
            self._free.append(each)
        elif later:
            self._loop.at(now + later, lambda: self._ask(now + later, each))
        else:
            self._ask(now, each)


def after(connections: int, rate: float, seconds: float, world: World) -> Told:
    """What they were told in so many seconds."""
    loop = Clockwork()
    worker = Worker(loop, world)
    crowd = Crowd(worker, connections, rate)
    loop.run_until_complete(asyncio.sleep(seconds))
    told = replace(crowd.told, good=list(crowd.told.good), refused=list(crowd.told.refused), limit=worker.gate.limit)
    loop.ended()
    return told


def most(world: World) -> float:
    """Good answers a second where nobody is refused."""
    return len(after(WHOLE, 0, 1.0, world).good)


def at(times: list[float], part: float) -> float:
    """Milliseconds."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1e3 if ordered else 0.0


WORLDS = {
    "as here": World(),
    "threads that wait for each other": World(flush=0.006),
    "a slow disk": World(flush=0.03),
    "a slow machine": World(Costs().times(3), flush=0.006),
}

if __name__ == "__main__":
    for name, one in WORLDS.items():
        whole = most(one)
        print(f"{name}: {whole:,.0f} a second")
        for clients, often in ((256, 1), (256, 3), (256, 0), (1900, 1.2), (1900, 3), (1900, 0), (1000, 0), (400, 0)):
            found = after(clients, whole * often, 3.0, one)
            print(
                f"{clients:6} {f'{often} x' if often else 'obey':6}{len(found.good) / 3 / whole:6.0%}"
                f"  no {at(found.refused, 0.5):5.0f} {at(found.refused, 0.9):5.0f} ms ({len(found.refused) / 3:6,.0f}/s)"
                f"  good {at(found.good, 0.5):4.0f} {at(found.good, 0.99):5.0f} ms  limit {found.limit:4}",
                flush=True,
            )

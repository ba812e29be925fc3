"""Where a rule that asks elsewhere looks: tried as the others are, with a detector in this process that knows the canary."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from lockgate.core.body import head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.fuse import Fuse, Patience
from lockgate.core.guard import NO_RULES, Direction, Finding, Rule, Rules
from lockgate.core.problem import Problem
from lockgate.core.remote_guard import Capacity, Detector, Piece, RemoteRules
from lockgate.pipeline.consult import consulted
from lockgate.pipeline.consulting import Consulting
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.review import Review


class Knows:
    """Finds one word."""

    capacity = Capacity()

    def __init__(self, word: str) -> None:
        self._word = word

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [self._found(piece.text) for piece in pieces]

    def _found(self, text: str) -> Sequence[Finding]:
        at = text.find(self._word)
        return () if at < 0 else (Finding(at, at + len(self._word), "canary"),)


class Chunks:
    """A body of one chunk."""

    def __init__(self, wire: bytes) -> None:
        self._left = [wire]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    async def aclose(self) -> None:
        self._left.clear()


def asking(rule: Rule, word: str, direction: Direction) -> RemoteRules:
    detector = Detector("canary", Knows(word), "block", Fuse(Patience()))
    return RemoteRules(Rules([rule], NO_RULES.engine, direction), [detector])


def whole(remote: RemoteRules, dialect: Dialect, side: str, wire: bytes) -> bytes:
    return asyncio.run(consulted(head(wire), dialect, remote, Ledger("", 0, 0), side)).wire()


def streamed(remote: RemoteRules, dialect: Dialect, ask: Ask, wire: bytes) -> bytes:
    return asyncio.run(_streamed(remote, Sides(dialect, ask, dialect, ask), wire))


async def _streamed(remote: RemoteRules, sides: Sides, wire: bytes) -> bytes:
    ledger = Ledger("", 0, 0)
    lane = Guarded(sides, NO_RULES, ledger, anew=remote.enforced)
    try:
        chunks = [
            lane.feed(chunk)
            async for chunk in Consulting(sides, Review(NO_RULES, remote, ledger), ledger, (), Chunks(wire))
        ]
        return b"".join(chunks) + lane.end()
    except (Problem, ValueError):
        return b""

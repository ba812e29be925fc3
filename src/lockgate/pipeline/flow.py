"""A streamed body on its way: chunks of the upstream through a lane to the client, settled when it ends, however it ends."""

from collections.abc import AsyncIterator, Sequence
from time import perf_counter

from lockgate.core.http import Incoming
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import End, Sink
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.settle import settle


class Flow:
    """An iterator and not a generator: it settles also when nobody ever asked it for a chunk, and it is one call a chunk.

    `peeked` are chunks that were looked at already. Closing it closes the upstream at once.
    """

    __slots__ = ("_body", "_lane", "_ledger", "_next", "_over", "_peeked", "_sinks")

    def __init__(self, lane: Lane, peeked: Sequence[bytes], body: Incoming, ledger: Ledger) -> None:
        self._lane = lane
        self._peeked = list(reversed(peeked))
        self._body = body
        self._next = body.__anext__
        self._ledger = ledger
        self._sinks: Sequence[Sink] = ()
        self._over = False

    def attach(self, sinks: Sequence[Sink]) -> None:
        """Where the outcome goes."""
        self._sinks = sinks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        out = b""
        try:
            while not out and not self._over:
                chunk = self._peeked.pop() if self._peeked else await self._next()
                out = self._lane.feed(chunk)
        except StopAsyncIteration:
            out = self._last()
        except (Problem, ValueError) as error:
            out = self._broken(error)
        except BaseException as error:
            await self._settle("internal_error" if isinstance(error, Exception) else "client_gone")
            raise
        if not out:
            await self._settle(self._ledger.end or "complete")
            raise StopAsyncIteration
        if self._ledger.first_byte is None:
            self._ledger.first_byte = perf_counter() - self._ledger.started
        return out

    async def aclose(self) -> None:
        await self._settle(self._ledger.end or "client_gone")

    def _last(self) -> bytes:
        self._over = True
        try:
            return self._lane.end()
        except (Problem, ValueError) as error:
            return self._broken(error)

    def _broken(self, error: Problem | ValueError) -> bytes:
        """The last words of a stream that broke, or that a rule blocked. A `ValueError` is a frame beyond its limit."""
        self._over = True
        problem = error if isinstance(error, Problem) else nonsense()
        self._ledger.problem = problem
        self._ledger.end = "blocked" if problem.kind in (Kind.BLOCKED, Kind.LEAK) else "upstream_error"
        return self._lane.fail(problem)

    async def _settle(self, end: End) -> None:
        try:
            await self._body.aclose()
        finally:
            self._over = True
            if not self._ledger.settled:
                self._lane.close()
                settle(self._ledger, self._sinks, 200, end)


def nonsense() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream sent something that cannot be read", source="upstream")

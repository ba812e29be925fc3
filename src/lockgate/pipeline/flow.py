"""A streamed body on its way: chunks of the upstream through a lane to the client, settled when it ends, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import perf_counter

from lockgate.core.audit import Books
from lockgate.core.http import Incoming
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import End
from lockgate.pipeline.intend import unrecorded
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.pulse import Pulse
from lockgate.pipeline.settle import settle


class Flow:
    """An iterator and not a generator: it settles also when nobody ever asked it for a chunk, and it is one call a chunk.

    `peeked` are chunks that were looked at already. Closing it closes the upstream at once. The last bytes leave when the
    outcome is durable; when nobody takes it, an error event leaves in their place.
    """

    __slots__ = (
        "_body",
        "_books",
        "_failure",
        "_kept",
        "_lane",
        "_ledger",
        "_next",
        "_over",
        "_peeked",
        "_pulse",
        "_put",
    )

    def __init__(
        self, lane: Lane, peeked: Sequence[bytes], body: Incoming, ledger: Ledger, pulse: Pulse | None = None
    ) -> None:
        self._lane = lane
        self._peeked = list(reversed(peeked))
        self._body = body
        self._next = body.__anext__
        self._ledger = ledger
        self._pulse = pulse
        self._books: Books | None = None
        self._over = False
        self._put: Callable[[bytes], bool] | None = None
        self._kept = b""
        self._failure: Exception | None = None

    def wrap(self, around: Callable[[Lane], Lane]) -> None:
        """Puts another lane around the one that the chunks take. Before the first chunk."""
        self._lane = around(self._lane)

    def attach(self, books: Books) -> None:
        """Where the outcome goes."""
        self._books = books

    def pour(self, put: Callable[[bytes], bool]) -> None:
        """Behind the first chunk, what comes while somebody waits in `__anext__` leaves by `put`, and nobody is woken for it.

        What `put` does not take (False) is given out by `__anext__`. Where the upstream's body has no tap, nothing changes.
        """
        self._put = put

    def _pass(self, chunk: bytes) -> bytes | None:
        """A chunk on its way through. What cannot leave now, and what went wrong, is for `__anext__`: nothing but a wake."""
        assert self._put is not None
        try:
            out = self._lane.feed(chunk)
        except Exception as error:  # noqa: BLE001 - raised again by `__anext__`
            self._failure = error
            return b""
        if not out:
            return None
        if self._pulse is not None:
            self._pulse.out = out
        if not self._lane.over and self._put(out):
            return None
        self._kept = out  # the last bytes among them: those wait for the outcome to be durable
        return b""

    def _fed(self, chunk: bytes) -> bytes:
        if self._failure is not None:
            raise self._failure
        kept, self._kept = self._kept, b""
        if not kept:
            return self._lane.feed(chunk)
        if chunk:
            self._peeked.append(chunk)
        return kept

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        out = b""
        try:
            while not out and not self._over:
                out = self._fed(self._peeked.pop() if self._peeked else await self._coming())
        except StopAsyncIteration:
            out = self._last()
        except (Problem, ValueError) as error:
            out = self._broken(error)
        except BaseException as error:
            self._settle("internal_error" if isinstance(error, Exception) else "client_gone")
            await self._body.aclose()
            raise
        if out and self._ledger.first_byte is None:
            self._began()
        if self._pulse is not None:
            self._pulse.out = out
        if self._over or self._lane.over:
            out = await self._ending(out)
        if not out:
            raise StopAsyncIteration
        return out

    async def _coming(self) -> bytes:
        """The next chunk. While nothing is there and nobody writes, a sign of life may leave."""
        if self._pulse is None:
            return await self._next()
        self._pulse.idle = True
        try:
            return await self._next()
        finally:
            self._pulse.idle = False

    def _began(self) -> None:
        self._ledger.first_byte = perf_counter() - self._ledger.started
        if self._put is None:
            return
        if (tap := getattr(self._body, "tap", None)) is not None:
            tap(self._pass)
        if self._pulse is not None:
            self._pulse.begin(self._put, asyncio.get_running_loop())

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        finally:
            self._over = True
            self._settle(self._ledger.end or "client_gone")

    def _last(self) -> bytes:
        self._over = True
        if self._ledger.settled:
            return b""
        try:
            return self._lane.end()
        except (Problem, ValueError) as error:
            return self._broken(error)

    def _broken(self, error: Problem | ValueError) -> bytes:
        """The last words of a stream that broke, or that a rule blocked. A `ValueError` is a frame beyond its limit.

        What breaks behind the dialect's own end is no news for the client.
        """
        self._over = True
        if self._ledger.settled:
            return b""
        problem = error if isinstance(error, Problem) else nonsense()
        self._ledger.problem = problem
        self._ledger.end = "blocked" if problem.kind in (Kind.BLOCKED, Kind.LEAK, Kind.HELD) else "upstream_error"
        return self._lane.fail(problem)

    async def _ending(self, out: bytes) -> bytes:
        """The last bytes, once the outcome is durable. Behind the dialect's own end the upstream may still close by itself."""
        if self._over:
            await self._body.aclose()
        kept = self._settle(self._ledger.end or "complete")
        if kept is None or await kept:
            return out
        self._over = True
        return self._lane.fail(unrecorded())

    def _settle(self, end: End) -> Awaitable[bool] | None:
        if self._pulse is not None:
            self._pulse.end()
        if self._ledger.settled or self._books is None:
            return None
        self._lane.close()
        return settle(self._ledger, self._books, 200, end)


def nonsense() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream sent something that cannot be read", source="upstream")

"""While a stream has not begun its client hears from us now and then, where the operator wants that (`ping`).

The first sign of life needs a head, and a head has a status: from then on what goes wrong is an error event in a stream that
said 200. Nothing changes for who is answered before that.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from time import perf_counter
from typing import Any, final

from lockgate.core.audit import Books
from lockgate.core.egress import Egress
from lockgate.core.exchange import Call
from lockgate.core.http import Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.egress import leaking
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.intend import unrecorded
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.refuse import blame
from lockgate.pipeline.relay import STREAMED
from lockgate.pipeline.settle import settle

log = logging.getLogger("lockgate")

Answering = Coroutine[Any, Any, Reply]


async def patient(answering: Answering, call: Call, every: float, ledger: Ledger, egress: Egress | None) -> Reply:
    """The reply, if it is there in `every` seconds; else one that says so again and again until it is."""
    own = perf_counter() - ledger.started - ledger.waited
    task = asyncio.ensure_future(answering)
    try:
        await asyncio.wait((task,), timeout=every)
    except BaseException:
        await _ended(task)
        raise
    if task.done():
        return task.result()
    ledger.own = own  # what has gone by since then is the upstreams'
    headers = ((b"content-type", call.dialect.media_type(call.ask)), *STREAMED)
    return Reply(200, headers, Waiting(task, call, every, ledger, egress))


@final
class Waiting:
    """A body: pings, then what was waited for. It settles like a `Flow`, which it becomes if all is well."""

    __slots__ = ("_books", "_call", "_egress", "_every", "_flow", "_ledger", "_over", "_put", "_task")

    def __init__(
        self, task: asyncio.Future[Reply], call: Call, every: float, ledger: Ledger, egress: Egress | None
    ) -> None:
        self._task, self._call, self._every = task, call, every
        self._ledger, self._egress = ledger, egress
        self._books: Books | None = None
        self._put: Callable[[bytes], bool] | None = None
        self._flow: Flow | None = None
        self._over = False

    def attach(self, books: Books) -> None:
        """Where the outcome goes."""
        self._books = books

    def pour(self, put: Callable[[bytes], bool]) -> None:
        """As a flow's."""
        self._put = put

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._flow is not None:
            return await self._flow.__anext__()
        if self._over:
            raise StopAsyncIteration
        try:
            await asyncio.wait((self._task,), timeout=self._every)
        except BaseException:
            await self.aclose()
            raise
        if not self._task.done():
            return self._noted(self._call.dialect.ping(self._call.ask))
        reply = self._reply()
        if isinstance(reply, Reply) and isinstance(reply.body, Flow):
            return await self._begun(reply.body)
        return await self._whole(reply)

    async def aclose(self) -> None:
        """The client has left, or all is over."""
        self._over = True
        if self._flow is not None:
            await self._flow.aclose()
            return
        try:
            await _ended(self._task)
        finally:
            if not self._ledger.settled and self._books is not None:
                settle(self._ledger, self._books, 200, "client_gone")

    def _reply(self) -> Reply | Problem:
        """What came of it; a whole reply that may not leave is a problem, as it is elsewhere."""
        try:
            reply = self._task.result()
        except Problem as problem:
            return problem
        except Exception:
            log.exception("request %s failed on an error of ours", self._ledger.request_id)
            return Problem(Kind.INTERNAL, "internal error", source="gateway")
        if self._egress is not None and (leak := leaking(reply, self._egress, self._ledger)):
            return leak
        if reply.status != 200 and isinstance(reply.body, bytes):
            # An upstream's own error, which cannot be a body of its own any more: in the words that the rules left.
            return self._call.dialect.read_problem(reply.status, reply.body)
        return reply

    async def _begun(self, flow: Flow) -> bytes:
        self._flow = flow
        if self._books is not None:
            flow.attach(self._books)
        if self._put is not None:
            flow.pour(self._put)
        return await flow.__anext__()

    async def _whole(self, reply: Reply | Problem) -> bytes:
        """All of it at once: a stream made of a whole answer, or the dialect's error event."""
        self._over = True
        ledger = self._ledger
        if isinstance(reply, Problem):
            out = self._failed(reply)
            if self._egress is not None and (leak := leaking(Reply(200, (), out), self._egress, ledger)):
                reply, out = leak, self._failed(leak)
            blame(reply, ledger)
        else:
            out = reply.body if isinstance(reply.body, bytes) else b""
            ledger.first_byte = perf_counter() - ledger.started
        self._noted(out)
        kept = settle(ledger, self._books, 200, ledger.end or "complete") if self._books is not None else None
        return out if kept is None or await kept else self._failed(unrecorded())

    def _failed(self, problem: Problem) -> bytes:
        return self._call.dialect.encoder(self._call.ask).fail(problem)

    def _noted(self, out: bytes) -> bytes:
        if self._ledger.digests is not None:
            self._ledger.digests.response.update(out)
        return out


async def _ended(task: asyncio.Future[Reply]) -> None:
    """Cancelled, and what it had begun closed. Raises nothing: whoever calls has an outcome to write down."""
    task.cancel()
    try:
        reply = await task
        if isinstance(reply.body, Flow):
            await reply.body.aclose()
    except (asyncio.CancelledError, Problem):
        pass
    except Exception:
        log.exception("a request whose client had left failed on an error of ours")

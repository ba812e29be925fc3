"""A client's connection: uvicorn's httptools protocol, hardened.

Bytes go through `lines` (sizes), `grammar` (every byte where it may be), the parser of uvicorn (its second opinion),
`head` (the fields together) and `framing` (the body) before an application hears of a request.
"""

import asyncio
import math
from time import perf_counter

from lockgate.core.problem import Problem
from lockgate.edge.exchange import Exchange
from lockgate.edge.framing import Chunked, Framing, Sized
from lockgate.edge.head import CHUNKED
from lockgate.edge.intake import Arrived, Intake
from lockgate.edge.lean import Lean
from lockgate.edge.lines import Lines
from lockgate.edge.no import No
from lockgate.edge.recall import Recall
from lockgate.edge.refusal import overloaded, rendered, slow
from lockgate.edge.request import request_of
from lockgate.edge.rest import rest
from lockgate.edge.state import EdgeState
from lockgate.edge.tls import extension

_HEAD, _REQUEST, _LINGER, _CLOSED = range(4)
"""What the next bytes of the client are: a head, of the request under way, for nobody, not even read."""


class Connection(Lean):
    """One connection. Requests are answered one after the other; the client leaving cancels the task of the current one.

    Deadlines are numbers here, compared by `check`, which the server calls on every tick: no timer for a request.
    """

    __slots__ = (
        "_ahead", "_counted", "_deadline", "_discarded", "_exchange", "_framing", "_intake", "_lines", "_no", "_phase",
        "_recall", "_served", "_stalled", "address", "lost", "opening", "options", "slice", "state", "tls",
    )  # fmt: skip

    def __init__(self, state: EdgeState) -> None:
        super().__init__(state)
        self.state, self.options, self.opening, self.slice = state, state.options, state.opening, state.options.slice
        self._lines, self._recall, self.address = Lines(state.options), Recall(state.options.max_body), ""
        self.lost = self._counted = self._served = False
        self._phase, self._ahead, self._discarded, self._deadline, self._stalled = _HEAD, b"", 0, math.inf, math.inf
        self._exchange: Exchange | None = None
        self._no: No | None = None
        self._framing: Framing | None = None
        self._intake: Intake | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.tls = extension(transport)
        transport.set_write_buffer_limits(self.options.write_buffer)
        self._deadline = self.loop.time() + self.options.head_deadline
        self._counted = not self.state.over and self.state.connections.enter(self.address)
        if not self._counted:
            self.abort() if self.state.over or self.state.beyond() else self.refuse(overloaded("too many connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._counted:
            self._counted = False
            self.state.connections.leave(self.address)
        self._phase = _CLOSED
        self._leave()
        super().connection_lost(exc)
        self.state.ended()

    def eof_received(self) -> None:
        """A client that closed its half is gone: half-open clients are not waited for."""
        self._phase = _CLOSED
        self._deadline = self.loop.time() + self.options.send_deadline
        self._leave()

    def _leave(self) -> None:
        self.lost = True
        exchange, self._exchange = self._exchange, None
        if exchange is not None and exchange.task is not None:
            exchange.task.cancel()
            if not exchange.begun:  # its `finished` will never be called
                self.state.running.discard(exchange.task)

    def pause_writing(self) -> None:
        self._stalled = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled = math.inf
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        began = perf_counter()
        try:
            if self._phase == _HEAD:
                self._read_head(data)
            elif self._phase == _REQUEST:
                self._read_body(data)
            else:
                self._discard(len(data))
        except Problem as problem:
            self._refuse_or_fail(problem, began)

    def _read_head(self, data: bytes) -> None:
        first, no = self._served and not self._lines.started, self._no
        if first and no and not self.state.draining and no.at_once(self, data):
            self._next(no)
        elif (cut := self._lines.feed(data)) is not None:
            self._begin(*cut)
        elif first:
            self._deadline = self.loop.time() + self.options.head_deadline

    def _begin(self, head: bytes, rest: bytes) -> None:
        known, no = self._recall.known(head), self._no
        if no and known and not self.state.draining and no.again(self, head, known[1], len(rest)):
            self._next(no)
            return
        self._no = no if known is not None else None
        scope, meaning = known or self._recall.learn(
            head, request_of(head, self.options, self.client, self.server, self.tls)
        )
        length, intake = meaning.length, None
        if length == len(rest):  # nearly every request: the body came with its head
            body: Intake | Arrived = Arrived(rest, meaning.unwanted)
            rest = b""
        elif length:
            body = intake = Intake(self, meaning.unwanted, expects=meaning.expects)
            self._framing = Chunked() if length == CHUNKED else Sized(length)
        else:
            body = Arrived(b"", None)
        self._intake = intake
        self._exchange = exchange = Exchange(self, scope, body, close=meaning.close or self.state.draining)
        self._phase, self._deadline = _REQUEST, math.inf
        exchange.task = task = self.loop.create_task(exchange.run(self.state.app))
        self.state.running.add(task)
        if rest:
            self._read_body(rest)

    def _read_body(self, data: bytes) -> None:
        framing, intake = self._framing, self._intake
        if framing is not None and intake is not None:
            if intake.failed:  # nobody knows any more where a next request would begin
                self._discard(len(data))
                return
            body, data = framing.feed(data)
            if framing.done:
                self._framing = None
            intake.feed(body, whole=framing.done)
        if not data:
            return
        self._ahead += data
        if len(self._ahead) > self.options.max_pipelined:  # the reply under way is still whole, and the last one
            self._discard(len(self._ahead))
            self._ahead = b""
            if self._exchange is not None:
                self._exchange.close = True

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > self.options.linger_bytes:
            if self._intake is not None and self._intake.failed:
                self.flow.pause_reading()  # the refusal goes first
            else:
                self.abort() if self._phase == _REQUEST else self._close()

    def finished(self, exchange: Exchange) -> None:
        """The application is done with an exchange."""
        if exchange.task is not None:
            self.state.running.discard(exchange.task)
        if self.state.draining:
            self.state.ended()
        current, self._exchange, self._intake = self._exchange, None, None
        if current is None or self._phase != _REQUEST:
            return
        if not exchange.complete:
            self.abort()
        elif self._framing is not None or self._discarded:
            self._linger()
        elif exchange.close:
            self._close()
        else:
            self._next(exchange.no or self._no)

    def _next(self, no: No | None) -> None:
        self._phase, self._served, self._no = _HEAD, True, no
        self._deadline = self.loop.time() + self.options.idle_deadline
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self._ahead:
            data, self._ahead = self._ahead, b""
            self.data_received(data)
        if no is not None and self._exchange is None:
            rest(self, no.pause)

    def refuse(self, problem: Problem, began: float | None = None) -> None:
        """Answers without an application, and ends the connection."""
        request_id, answer = rendered(problem, self.opening(problem.status), began)
        if self.options.noted is not None:
            self.options.noted(problem, request_id, self.address)
        self.transport.write(answer)
        self._linger()

    def _refuse_or_fail(self, problem: Problem, began: float | None = None) -> None:
        """A broken head is refused here; a broken body is the application's to refuse."""
        if self._exchange is None:
            self.refuse(problem, began)
        elif self._intake is not None:
            self._intake.fail(problem)
            self._exchange.close = True

    def _linger(self) -> None:
        """Lets the client read the answer: closing at once with unread bytes would reset the connection."""
        self._phase = _LINGER
        self._deadline = self.loop.time() + self.options.linger_deadline
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _close(self) -> None:
        """Closes when what was written has left, or cuts when the client does not take it."""
        self._phase = _CLOSED
        self._deadline = self.loop.time() + self.options.send_deadline
        self.transport.close()

    def abort(self) -> None:
        self._phase = _CLOSED
        self.transport.abort()

    def retire(self) -> None:
        """The server drains: an idle connection ends now, another one with its reply."""
        if self._phase == _HEAD and not self._lines.started:
            self._close()
        elif self._exchange is not None:
            self._exchange.close = True

    def check(self, now: float) -> None:
        if now - self._stalled > self.options.send_deadline:
            self.abort()
        elif self._exchange is not None:
            if self._intake is not None and (problem := self._intake.late(now)):
                self._refuse_or_fail(problem)
        elif now > self._deadline:
            self._expire()

    def _expire(self) -> None:
        if self._phase == _HEAD and self._lines.started:
            self.refuse(slow(f"the header did not come within {self.options.head_deadline:g} s"))
        else:
            self.abort() if self._phase == _CLOSED else self._close()

"""How a client's connection begins and ends: with a refusal, quietly or cut, and the deadlines after which it does."""

import asyncio
import math

from lockgate.core.problem import Problem
from lockgate.edge.exchange import Exchange
from lockgate.edge.intake import Intake
from lockgate.edge.lean import Lean
from lockgate.edge.lines import Lines
from lockgate.edge.refusal import overloaded, rendered, slow
from lockgate.edge.state import EdgeState
from lockgate.edge.tls import extension

HEAD, WAITS, REQUEST, LINGER, CLOSED = range(5)
"""What the next bytes of the client are: a head, the rest of one that waits for its turn, of the request under way, for nobody,
not even read.
"""


class Life(Lean):
    """All of a connection but what is said over it. Deadlines are numbers here, compared by `check`, which the server calls on
    every tick: no timer for a request.
    """

    __slots__ = (
        "_ahead", "_counted", "_deadline", "_exchange", "_intake", "_last", "_lines", "_phase", "_stalled", "address", "lost", "opening", "options",
        "state", "tls", "turns",
    )  # fmt: skip

    def __init__(self, state: EdgeState) -> None:
        super().__init__(state)
        self.state, self.options, self.opening, self.turns = state, state.options, state.opening, state.turns
        self.address, self.lost, self._counted, self._last = "", False, False, False
        self._phase, self._deadline, self._stalled = HEAD, math.inf, math.inf
        self._lines, self._ahead = Lines(state.options), b""
        self._exchange: Exchange | None = None
        self._intake: Intake | None = None

    def foreseen(self, address: str) -> bool:
        """Its handshake may begin. False: there are as many connections from there as there may be."""
        self.state.shakes(self)
        self._counted = self.state.connections.enter(address)
        if self._counted:
            self.address = address
        elif not self.state.connections.full:  # else a few are told so
            self.state.cut(address)
            return False
        return True

    def unmade(self) -> None:
        """Its handshake came to nothing."""
        self.state.shaken(self)
        if self._counted and self._phase == HEAD and not self.transport:
            self._counted = False
            self.state.connections.leave(self.address)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.address = self.address or (self.client[0] if self.client else "")
        self.tls = extension(transport)
        if self.tls is not None:
            self.state.shaken(self)
        transport.set_write_buffer_limits(self.options.write_buffer)
        self._deadline = self.loop.time() + self.options.head_deadline
        self._counted = self._counted or self.state.connections.enter(self.address)
        if self.state.over:
            self.abort()
        elif self._last and self._certified:
            self._close()
        elif not self._counted:
            self.abort() if self.state.beyond() else self.refuse(overloaded("too many connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._counted:
            self._counted = False
            self.state.connections.leave(self.address)
        self._phase = CLOSED
        self._leave()
        super().connection_lost(exc)
        self.state.ended()

    def eof_received(self) -> None:
        """A client that closed its half is gone: half-open clients are not waited for."""
        self._phase = CLOSED
        self._deadline = self.loop.time() + self.options.send_deadline
        self._leave()

    def _leave(self) -> None:
        self.lost = True
        exchange, self._exchange = self._exchange, None
        if exchange is not None and exchange.task is not None:
            exchange.task.cancel()
            if not exchange.begun:  # its `finished` will never be called
                self.state.running.discard(exchange.task)
                self.turns.ran()

    def pause_writing(self) -> None:
        self._stalled = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled = math.inf
        super().resume_writing()

    def refuse(self, problem: Problem, began: float | None = None) -> None:
        """Answers without an application, and ends the connection."""
        request_id, answer = rendered(problem, self.opening(problem.status), began, documents=self.options.documents)
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
        self._phase = LINGER
        self._deadline = self.loop.time() + self.options.linger_deadline
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _close(self) -> None:
        """Closes when what was written has left, or cuts when the client does not take it."""
        self._phase = CLOSED
        self._deadline = self.loop.time() + self.options.send_deadline
        self.transport.close()

    def abort(self) -> None:
        self._phase = CLOSED
        self.transport.abort()

    def retire(self) -> None:
        """An idle connection ends now, another one with its reply."""
        self._last = True
        if self._phase == HEAD and not self._lines.started:
            self._close()
        elif self._exchange is not None:
            self._exchange.close = True

    def doubt(self) -> None:
        """The client's certificate may not be good any more: if it has shown one, no request begins any more."""
        if self.transport is None:
            self._last = True  # its handshake is under way
        elif self._certified:
            self._close() if self._phase in (HEAD, WAITS) else self.retire()

    @property
    def _certified(self) -> bool:
        return self.tls is not None and bool(self.tls["tls"]["client_cert_chain"])

    def check(self, now: float) -> None:
        if now - self._stalled > self.options.send_deadline:
            self.abort()
        elif self._exchange is not None:
            if self._intake is not None and (problem := self._intake.late(now)):
                self._refuse_or_fail(problem)
        elif now > self._deadline and (self._phase != WAITS or self._trickles()):
            self._expire()

    def _trickles(self) -> bool:
        """It waits for its turn with the rest of a head that is not whole even so: that is not our doing."""
        return self._lines.started and not self._lines.whole_with(self._ahead)

    def _expire(self) -> None:
        if self._phase in (HEAD, WAITS) and self._lines.started:
            self.refuse(slow(f"the header did not come within {self.options.head_deadline:g} s"))
        else:
            self.abort() if self._phase == CLOSED else self._close()

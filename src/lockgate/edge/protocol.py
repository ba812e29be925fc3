"""A client's connection: uvicorn's httptools protocol, hardened.

Bytes go through `lines` (sizes), `grammar` (every byte where it may be), the parser of uvicorn (its second opinion),
`head` (the fields together) and `framing` (the body) before an application hears of a request.
"""

import math
from time import perf_counter

from lockgate.core.problem import Problem
from lockgate.edge.exchange import Exchange
from lockgate.edge.framing import Chunked, Framing, Sized
from lockgate.edge.head import CHUNKED
from lockgate.edge.intake import Arrived, Intake
from lockgate.edge.life import HEAD, REQUEST, WAITS, Life
from lockgate.edge.no import No
from lockgate.edge.recall import Recall
from lockgate.edge.request import request_of
from lockgate.edge.rest import rest
from lockgate.edge.state import EdgeState


class Connection(Life):
    """One connection. Requests are answered one after the other; the client leaving cancels the task of the current one."""

    __slots__ = ("_discarded", "_framing", "_no", "_recall", "_served", "slice")

    def __init__(self, state: EdgeState) -> None:
        super().__init__(state)
        self.slice, self._recall = state.options.slice, Recall(state.options.max_body)
        self._served, self._discarded = False, 0
        self._no: No | None = None
        self._framing: Framing | None = None

    def data_received(self, data: bytes) -> None:
        began = perf_counter()
        try:
            if self._phase == HEAD:
                self._read_head(data)
            elif self._phase == REQUEST:
                self._read_body(data)
            elif self._phase == WAITS:
                self._wait_on(data)
            else:
                self._discard(len(data))
        except Problem as problem:
            self._refuse_or_fail(problem, began)

    def _read_head(self, data: bytes, *, due: bool = False) -> None:
        """`due`: it waited for its turn."""
        started, asked = self._lines.started, False
        if not started:
            no = self._no or (self.state.noes.find(self, data) if self.state.noes.said else None)
            if no and not self.state.draining:
                said = no.at_once(self, data, 0 if due else self.turns.waiting)
                if said:
                    self._served = True
                    self._deadline = self.loop.time() + self.options.idle_deadline
                    if no.pause:
                        rest(self, no.pause)
                    return
                asked = said is None
        if self.turns.full and not due:
            self._phase, self._ahead = WAITS, data
            self.turns.wait(self)
            return
        if (cut := self._lines.feed(data)) is not None:
            self._begin(*cut, asked=asked)
        elif self._served and not started:
            self._deadline = self.loop.time() + self.options.head_deadline

    def look(self) -> None:
        """It is the turn of what came."""
        if self._phase != WAITS:
            return
        began = perf_counter()
        data, self._ahead, self._phase = self._ahead, b"", HEAD
        if len(data) > self.options.max_pipelined:  # else nobody would see that the client leaves
            self.flow.resume_reading()
        try:
            self._read_head(data, due=True)
        except Problem as problem:
            self._refuse_or_fail(problem, began)

    def _wait_on(self, data: bytes) -> None:
        self._ahead += data
        if len(self._ahead) > self.options.max_pipelined:
            self.flow.pause_reading()  # until it is its turn

    def _begin(self, head: bytes, rest: bytes, *, asked: bool) -> None:
        """`asked`: the answer may not be a no this time."""
        known, no = self._recall.known(head), self._no
        if no and known and not asked and not self.state.draining and no.again(self, known[1], len(rest)):
            self._next(no, no.pause)
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
        self._exchange = exchange = Exchange(
            self, scope, body, close=meaning.close or self._last or self.state.draining
        )
        self._phase, self._deadline = REQUEST, math.inf
        exchange.task = task = self.loop.create_task(exchange.run(self.state.app))
        self.state.running.add(task)
        self.turns.fresh += 1
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
                self.abort() if self._phase == REQUEST else self._close()

    def finished(self, exchange: Exchange) -> None:
        """The application is done with an exchange."""
        if exchange.task is not None:
            self.state.running.discard(exchange.task)
        if self.state.draining:
            self.state.ended()
        current, self._exchange, self._intake = self._exchange, None, None
        if current is None or self._phase != REQUEST:
            return
        if not exchange.complete:
            self.abort()
        elif self._framing is not None or self._discarded:
            self._linger()
        elif exchange.close:
            self._close()
        else:
            self._refused(exchange.no) if exchange.no is not None else self._next(self._no, self._pause(exchange))

    def _pause(self, exchange: Exchange) -> float:
        return exchange.pause if exchange.pause and self.turns.crowded else 0.0

    def _refused(self, no: No) -> None:
        if head := self._recall.head:
            no.learn(head, self._recall.length)
            no = self.state.noes.keep(self, head, no)
        self._next(no, no.pause)

    def _next(self, no: No | None, pause: float = 0.0) -> None:
        self._phase, self._served, self._no = HEAD, True, no
        self._deadline = self.loop.time() + self.options.idle_deadline
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self._ahead:
            data, self._ahead = self._ahead, b""
            self.data_received(data)
        if pause and self._exchange is None:
            rest(self, pause)

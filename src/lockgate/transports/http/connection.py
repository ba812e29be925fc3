"""One connection to an upstream: it sends a request, reads the answer, keeps its deadlines, and dies at once when told."""

import asyncio
import math
from typing import Protocol, cast, final

from lockgate.core.http import Outbound, Timeouts
from lockgate.core.problem import Kind
from lockgate.transports.http.alarm import Alarm
from lockgate.transports.http.failures import Broken
from lockgate.transports.http.parsing import ResponseParser
from lockgate.transports.http.response import ResponseBody

_NONE_YET = Timeouts()
_FULL = 64 * 1024
"""A read as large as this has more behind it. The loop goes on reading one socket for up to 8 MiB before it looks at another,
so that nobody would be heard meanwhile: not even the client of this answer, when it leaves."""
_RACE = 1.0
"""Seconds in which the upstream's close, on its way when we sent the request, has come. One that comes later may be about the
request: it was acted on, and asking once more is not ours to decide."""
_CUT = "the upstream closed the connection before the answer was complete"


class Owner(Protocol):
    """The pool, as its connections see it."""

    idle_seconds: float
    """How long a connection waits for its next request before it closes itself."""

    def rested(self, connection: "Connection") -> None:
        """It finished an answer and may be used again."""

    def gone(self, connection: "Connection", *, stale: bool) -> None:
        """It is closed; told once. The place of a stale one belongs to the request that will try again."""


@final
class Connection(asyncio.Protocol):
    """Owned by a pool; at most one answer at a time is on its way."""

    __slots__ = (
        "_alarm",
        "_asked",
        "_body",
        "_eof",
        "_loop",
        "_parser",
        "_patience",
        "_paused",
        "_total",
        "_transport",
        "_used",
        "owner",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.owner: Owner | None = None
        self._alarm = Alarm(loop, self._overdue, self._slept)
        self._parser = ResponseParser()
        self._transport: asyncio.Transport | None = None
        self._body: ResponseBody | None = None
        self._patience = _NONE_YET
        self._total = math.inf
        self._asked = 0.0
        self._paused = self._eof = self._used = False

    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def start(self, head: bytes, outbound: Outbound, total: float) -> ResponseBody:
        """Sends a request. `total` is the loop time by which its answer must be whole."""
        transport = self._transport
        self._body = body = ResponseBody(self._loop, self)
        self._parser.expect(body, outbound.max_bytes, bodiless=outbound.method == "HEAD")
        if transport is None:
            self._body = None
            body.fail(Kind.UNREACHABLE, _CUT)
            return body
        self._patience = patience = outbound.timeouts
        self._total = total
        transport.writelines((head, outbound.body) if outbound.body else (head,))
        self._asked = self._loop.time()
        self._alarm.set(min(self._asked + patience.first_byte, total))
        return body

    def abort(self) -> None:
        """Closes the socket at once, whatever is on its way. The body, if any, gets no word."""
        body, self._body = self._body, None
        if body is not None:
            body.socket = None
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def close(self, why: str) -> None:
        """As `abort`, and the body's reader is told."""
        self._fail(Kind.UNREACHABLE, why)

    def resume(self) -> None:
        """The body was read down far enough for more."""
        body = self._body
        if self._paused and body is not None and body.unread <= body.low:
            self._paused = False
            self._alarm.set(min(self._loop.time() + self._patience.between_chunks, self._total))
            if self._transport is not None:
                self._transport.resume_reading()

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        body, parser = self._body, self._parser
        if body is None:
            self.abort()  # nobody asked: whatever it is, it must not meet the next request
            return
        try:
            parser.feed(data)
        except Broken as error:
            self._fail(Kind.BAD_UPSTREAM, str(error))
            return
        if parser.finished:
            self._finish(body)
        elif body.status:
            body.arrived()
            if body.unread > body.high:
                self._pause()
            elif parser.moved and self._body is body:
                parser.moved = False
                self._alarm.set(min(self._loop.time() + self._patience.between_chunks, self._total))
            if len(data) >= _FULL and not self._paused and self.usable:
                self._give_way()

    def eof_received(self) -> None:
        # TLS: only a close_notify comes here, so a connection that was cut is no clean end.
        self._eof = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._alarm.cancel()
        body, self._body = self._body, None
        try:
            whole = self._parser.end(clean=self._eof and exc is None)
        except Broken as error:
            if body is not None:
                body.fail(Kind.BAD_UPSTREAM, str(error))
        else:
            if body is not None and whole:
                body.finish()
            elif body is not None:
                raced = self._used and not self._parser.heard
                body.stale = raced and self._loop.time() - self._asked < _RACE
                body.fail(Kind.UPSTREAM_RESET if body.status else Kind.UNREACHABLE, _CUT)
        self._leave(stale=body is not None and body.stale)

    def _finish(self, body: ResponseBody) -> None:
        transport = self._transport
        self._body = None
        if transport is not None and self._parser.reusable and not transport.get_write_buffer_size():
            self._used = True
            if self._paused:
                self._paused = False
                transport.resume_reading()
            if self.owner is not None:
                self._alarm.set(self._loop.time() + self.owner.idle_seconds)
                self.owner.rested(self)
        else:
            self.abort()
        body.finish()

    def _fail(self, kind: Kind, detail: str) -> None:
        body = self._body
        self.abort()
        if body is not None:
            body.fail(kind, detail)

    def _pause(self) -> None:
        """The reader is slower than the upstream. From here on only the total time counts: it is not the upstream's fault."""
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
            self._alarm.set(self._total)

    def _give_way(self) -> None:
        """Everybody else's turn, and then this one's again."""
        assert self._transport is not None
        self._transport.pause_reading()
        self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if not self._paused and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _slept(self, seconds: float) -> None:
        """This process stood still, and nobody could have heard the upstream."""
        self._total += seconds

    def _overdue(self) -> None:
        body = self._body
        if body is None:
            self.abort()
        elif self._loop.time() + 0.001 >= self._total:
            self._fail(Kind.UPSTREAM_TIMEOUT, "the upstream's answer was not complete in the time it has in all")
        elif not body.status:
            self._fail(Kind.UPSTREAM_TIMEOUT, "the upstream did not begin to answer in time")
        else:
            self._fail(Kind.UPSTREAM_TIMEOUT, "the upstream stopped in the middle of its answer")

    def _leave(self, *, stale: bool = False) -> None:
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.gone(self, stale=stale)

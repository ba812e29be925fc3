"""The body of one request, between the socket and whoever reads it: bounded, and with a clock for slow clients."""

import asyncio
from typing import Protocol

from uvicorn.protocols.http.flow_control import FlowControl

from lockgate.core.problem import Kind, Problem
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import slow

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Wire(Protocol):
    """What an exchange needs of its connection."""

    flow: FlowControl
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    options: EdgeOptions
    lost: bool


class Intake:
    """Bytes are put in by `feed`, taken out by `take`. The clock runs only while somebody waits for them.

    `unwanted` is what the head already told: a reader gets it instead of the body. `expects`: the client waits for a 100 before it sends the body; it gets one when the body is asked for.
    """

    __slots__ = (
        "_count",
        "_expects",
        "_parts",
        "_problem",
        "_since",
        "_size",
        "_unwanted",
        "_waiter",
        "_waiting_since",
        "_wire",
        "whole",
    )

    def __init__(self, wire: Wire, unwanted: Problem | None, *, expects: bool) -> None:
        self._wire = wire
        self._expects = expects
        self._unwanted = unwanted
        self._parts: list[bytes] = []
        self._size = 0
        self._count = 0
        self._since = -1.0
        self._waiting_since = 0.0
        self._waiter: asyncio.Future[None] | None = None
        self._problem: Problem | None = None
        self.whole = False

    @property
    def failed(self) -> bool:
        return self._problem is not None

    def feed(self, body: bytes, *, whole: bool) -> None:
        self._parts.append(body)
        self._size += len(body)
        self._count += len(body)
        self.whole = whole
        if self._waiter is not None:
            self._wake()
        elif not whole and self._size > self._wire.options.body_buffer:
            self._wire.flow.pause_reading()

    def fail(self, problem: Problem) -> None:
        """The body will never be whole; whoever reads it gets the problem."""
        self._problem = problem
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def late(self, now: float) -> Problem | None:
        """Whether the client has been silent for too long, or too slow on average."""
        if self._waiter is None or self._problem is not None:
            return None
        options, elapsed = self._wire.options, now - self._since
        if now - self._waiting_since > options.body_idle:
            return slow(f"nothing more of the body came for {options.body_idle:g} s")
        if elapsed > options.body_grace and self._count < options.body_rate * elapsed:
            return slow(f"the body came slower than {options.body_rate} bytes/s")
        return None

    async def take(self) -> bytes:
        """What has come since the last call; `whole` says whether there is more.

        Raises a `Problem`: TOO_LARGE and MEDIA_TYPE before a byte is taken, SLOW_CLIENT, INVALID for broken framing.
        """
        if self._unwanted is not None:
            raise self._unwanted
        if not self._parts and not self.whole:
            if self._wire.lost:
                raise Problem(Kind.INVALID, "the client left before its body was whole")
            await self._wait()
        if self._problem is not None:
            raise self._problem
        parts, self._parts, self._size = self._parts, [], 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _wait(self) -> None:
        wire = self._wire
        if self._expects and not self._count:
            self._expects = False
            wire.transport.write(_CONTINUE)
        self._waiting_since = wire.loop.time()
        if self._since < 0:
            self._since = self._waiting_since
        wire.flow.resume_reading()
        self._waiter = wire.loop.create_future()
        try:
            if self._problem is None:
                await self._waiter
        finally:
            self._waiter = None


class Arrived:
    """A body that came whole, together with its head, as nearly all do, or none: the cheap twin of an `Intake`."""

    __slots__ = ("_body", "_unwanted")
    whole = True

    def __init__(self, body: bytes, unwanted: Problem | None) -> None:
        self._body = body
        self._unwanted = unwanted

    def take(self) -> bytes:
        if self._unwanted is not None:
            raise self._unwanted
        body, self._body = self._body, b""
        return body

"""One request and its reply on a connection: the application's task, and the reply's way onto the wire."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from uvicorn._types import HTTPScope

from lockgate.core.http import Headers
from lockgate.core.problem import Kind, Problem
from lockgate.edge.intake import Arrived, Intake, Wire
from lockgate.edge.no import No
from lockgate.edge.reply_head import reply_head
from lockgate.edge.turns import Turns

_log = logging.getLogger("lockgate.edge")
_UNSIZED = -1


class Owner(Wire, Protocol):
    """The connection, as its exchange sees it."""

    slice: int
    turns: Turns

    def opening(self, status: int) -> bytes: ...
    def refuse(self, problem: Problem) -> None: ...
    def abort(self) -> None: ...
    def finished(self, exchange: "Exchange") -> None: ...


class Exchange:
    """Runs the application for one request. `close`: the connection ends with this reply.

    `no`: this reply is a refusal that the same request may get again. `pause`: seconds in which its connection is not read after
    it, if others wait for their turn.

    An application calls `start` once, then `put` for each part of the body, the last one with `more=False`.
    """

    __slots__ = (
        "_bare",
        "_chunked",
        "_head",
        "_left",
        "_owner",
        "begun",
        "close",
        "complete",
        "intake",
        "no",
        "pause",
        "scope",
        "started",
        "task",
    )

    def __init__(self, owner: Owner, scope: HTTPScope, intake: Intake | Arrived, *, close: bool) -> None:
        self._owner = owner
        self.scope = scope
        self._chunked = False
        self._bare = scope["method"] == "HEAD"
        self._head = b""
        self._left = 0
        self.intake = intake
        self.close = close
        self.no: No | None = None
        self.pause = 0.0
        self.begun = False
        self.started = False
        self.complete = False
        self.task: asyncio.Task[None] | None = None

    async def run(self, app: "Application") -> None:
        owner = self._owner
        self.begun = True
        owner.turns.ran()
        try:
            await app(self)
            if not self.complete:
                raise RuntimeError("the application returned without a whole reply")  # noqa: TRY301 - same end as its exceptions
        except Problem:  # of a body that has no words for it
            if not owner.lost:
                self._fail()
        except Exception:  # noqa: BLE001 - the application must not take the connection along in silence
            if not owner.lost:
                _log.exception("the application failed")
                self._fail()
        finally:
            owner.finished(self)

    def _fail(self) -> None:
        """Never a clean end: a refusal if nothing has left yet, else the connection breaks."""
        if self.started and not self._head:
            self._owner.abort()
        else:
            self.close = self.complete = True
            self._owner.refuse(Problem(Kind.INTERNAL, "internal error", source="gateway"))

    def start(self, status: int, headers: Headers, length: int | None, ready: bytes = b"") -> None:
        """The head of the reply. `length` is that of the body, None when nobody knows it yet; `ready` are lines besides."""
        if self._owner.lost:
            raise ConnectionResetError("the client is gone")
        if self.started or status < 200:
            raise RuntimeError("a reply has one start, and its status is final")
        framing = self._framed(status, length)
        self._head = reply_head(self._owner.opening(status), headers, framing, ready)
        self.started = True
        if length is None and not self._bare:
            self._owner.transport.write(self._head)  # the client of a stream may see the head before the first chunk
            self._head = b""

    def _framed(self, status: int, length: int | None) -> bytes:
        """The lines that say where the body ends, and whether the connection ends with it."""
        if not self.intake.whole:
            self.close = True  # the rest of the body is in the way of the next request
        if status in (204, 304):
            self._bare = True
        lines = b""
        self._left = _UNSIZED if length is None else length
        if length is not None:
            if status != 204:  # RFC 9110 8.6 forbids it there
                lines = b"content-length: %d\r\n" % length
        elif not self._bare:
            if self.scope["http_version"] == "1.1":
                lines = b"transfer-encoding: chunked\r\n"
                self._chunked = True
            else:
                self.close = True
        return lines + b"connection: close\r\n" if self.close else lines

    def put(self, body: bytes, *, more: bool) -> Awaitable[None] | None:
        """Writes a part of the body. What comes back has to be awaited before the next one: the client is slow.

        Raises an OSError when the client is gone.
        """
        owner = self._owner
        if owner.lost:
            raise ConnectionResetError("the client is gone")
        if len(body) > owner.slice:
            return self._in_slices(body, more=more)
        self._write(body, more=more)
        return owner.flow.drain() if more and owner.flow.write_paused else None

    def pour(self, body: bytes) -> bool:
        """As `put` for a part of a stream, if it can leave at once. False: nothing was written."""
        owner = self._owner
        if owner.lost or owner.flow.write_paused or len(body) > owner.slice:
            return False
        if self._chunked and not self.complete:  # as `_write` does it, in one step
            owner.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        else:
            self._write(body, more=True)
        return True

    async def _in_slices(self, body: bytes, *, more: bool) -> None:
        """A slow reader holds up the rest of a large body."""
        size, flow = self._owner.slice, self._owner.flow
        last = (len(body) - 1) // size * size
        for at in range(0, last, size):
            self._write(body[at : at + size], more=True)
            if flow.write_paused:
                await flow.drain()
        self._write(body[last:], more=more)
        if more and flow.write_paused:
            await flow.drain()

    def _write(self, body: bytes, *, more: bool) -> None:
        if not self.started or self.complete:
            raise RuntimeError("a part of a reply came before its start or after its end")
        data = body
        if self._bare:
            data = b""
        elif self._chunked:
            data = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            if not more:
                data += b"0\r\n\r\n"
        elif self._left != _UNSIZED:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the reply is not as long as its content-length says")
        if self._head:
            data, self._head = self._head + data, b""
        if data:
            self._owner.transport.write(data)
        self.complete = not more


Application = Callable[[Exchange], Awaitable[None]]
"""Answers one request, through its exchange."""

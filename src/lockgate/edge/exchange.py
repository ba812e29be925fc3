"""One request and its reply on a connection: the application's task, and the reply's way onto the wire."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from uvicorn._types import ASGI3Application, ASGIReceiveEvent, ASGISendEvent, HTTPScope

from lockgate.core.problem import Kind, Problem
from lockgate.edge.grammar import check_bytes, check_reply_name
from lockgate.edge.intake import Arrived, Intake, Wire

_log = logging.getLogger("lockgate.edge")
_NO_BODY: ASGIReceiveEvent = {"type": "http.request", "body": b"", "more_body": False}
_CHUNKED = -1


class Owner(Wire, Protocol):
    """The connection, as its exchange sees it."""

    def opening(self, status: int) -> bytes: ...
    def refuse(self, problem: Problem) -> None: ...
    def abort(self) -> None: ...
    def finished(self, exchange: "Exchange") -> None: ...


class Exchange:
    """Runs the application for one request. `close`: the connection ends with this reply."""

    __slots__ = (
        "_bare",
        "_chunked",
        "_head",
        "_left",
        "_owner",
        "_scope",
        "begun",
        "close",
        "complete",
        "intake",
        "started",
        "task",
    )

    def __init__(self, owner: Owner, scope: HTTPScope, intake: Intake | Arrived | None, *, close: bool) -> None:
        self._owner = owner
        self._scope = scope
        self._chunked = False
        self._bare = scope["method"] == "HEAD"
        self._head = b""
        self._left = 0
        self.intake = intake
        self.close = close
        self.begun = False
        self.started = False
        self.complete = False
        self.task: asyncio.Task[None] | None = None

    async def run(self, app: ASGI3Application) -> None:
        owner = self._owner
        self.begun = True
        try:
            await app(self._scope, self.intake.receive if self.intake else self._nothing, self.send)
            if not self.complete:
                raise RuntimeError("the application returned without a whole reply")  # noqa: TRY301 - same end as its exceptions
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

    async def _nothing(self) -> ASGIReceiveEvent:
        return _NO_BODY

    async def send(self, message: ASGISendEvent) -> None:
        """Takes the messages of a reply. Raises an OSError when the client is gone."""
        owner = self._owner
        if owner.lost:
            raise ConnectionResetError("the client is gone")
        if message["type"] == "http.response.body":
            body, more = message.get("body", b""), message.get("more_body", False)
            if len(body) > owner.options.slice:
                body = await self._all_but_last(body)
            self._write(body, more=more)
            if more and owner.flow.write_paused:
                await owner.flow.drain()
        elif message["type"] == "http.response.start":
            self._start(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError(f"this is no message of a reply: {message['type']}")

    async def _all_but_last(self, body: bytes) -> bytes:
        """Writes a large body in slices, so that a slow reader holds up the rest of it; the last one is returned."""
        size, flow = self._owner.options.slice, self._owner.flow
        last = (len(body) - 1) // size * size
        for at in range(0, last, size):
            self._write(body[at : at + size], more=True)
            if flow.write_paused:
                await flow.drain()
        return body[last:]

    def _start(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        if self.started or status < 200:
            raise RuntimeError("a reply has one start, and its status is final")
        opening = self._owner.opening(status)
        length, lines = _CHUNKED, [opening]
        for name, value in headers:
            if check_reply_name(name) == b"content-length":
                length = int(value)
            lines += (name, b": ", value, b"\r\n")
        self._framed(status, length, lines)
        lines.append(b"\r\n")
        head = b"".join(lines)
        # The opening and the empty line; a line end in a value is one more.
        check_bytes(head, opening.count(b"\n") + 1 + len(lines) // 4)
        self._head = head
        self.started = True
        if self._left == _CHUNKED and not self._bare:
            self._owner.transport.write(head)  # the client of a stream may see the head before the first chunk
            self._head = b""

    def _framed(self, status: int, length: int, lines: list[bytes]) -> None:
        """Where the body ends, and whether the connection ends with it."""
        if self.intake is not None and not self.intake.whole:
            self.close = True  # the rest of the body is in the way of the next request
        if status in (204, 304):
            self._bare = True
        self._left = length
        if length == _CHUNKED and not self._bare:
            if self._scope["http_version"] == "1.1":
                lines += (b"transfer-encoding", b": ", b"chunked", b"\r\n")
                self._chunked = True
            else:
                self.close = True
        if self.close:
            lines += (b"connection", b": ", b"close", b"\r\n")

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
        elif self._left != _CHUNKED:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the reply is not as long as its content-length says")
        if self._head:
            data, self._head = self._head + data, b""
        if data:
            self._owner.transport.write(data)
        self.complete = not more

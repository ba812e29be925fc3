"""One request and its reply on a connection: the application's task, and the reply's way onto the wire."""

import asyncio
import logging
import re
from typing import Any, Protocol

from uvicorn._types import ASGI3Application, ASGIReceiveEvent, ASGISendEvent, HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from lockgate.core.problem import Kind, Problem
from lockgate.edge.intake import Intake, Wire

_log = logging.getLogger("lockgate.edge")
_BLOCK = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++: [^\x00-\x08\x0a-\x1f\x7f]*+\r\n)*+")
_NO_BODY: ASGIReceiveEvent = {"type": "http.request", "body": b"", "more_body": False}
_CHUNKED = -1


class Owner(Wire, Protocol):
    """The connection, as its exchange sees it."""

    @property
    def date(self) -> bytes: ...
    def refuse(self, problem: Problem) -> None: ...
    def abort(self) -> None: ...
    def finished(self) -> None: ...


class Exchange:
    """Runs the application for one request. `close`: the connection ends with this reply."""

    __slots__ = (
        "_bare",
        "_chunkable",
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

    def __init__(self, owner: Owner, scope: HTTPScope, intake: Intake | None, *, close: bool, chunkable: bool) -> None:
        self._owner = owner
        self._scope = scope
        self._chunkable = chunkable
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
            await app(self._scope, self.receive, self.send)
            if not self.complete:
                raise RuntimeError("the application returned without a whole reply")  # noqa: TRY301 - same end as its exceptions
        except Exception:  # noqa: BLE001 - the application must not take the connection along in silence
            if not owner.lost:
                _log.exception("the application failed")
                self._fail()
        finally:
            owner.finished()

    def _fail(self) -> None:
        """Never a clean end: a refusal if nothing has left yet, else the connection breaks."""
        if self.started and not self._head:
            self._owner.abort()
        else:
            self.close = self.complete = True
            self._owner.refuse(Problem(Kind.INTERNAL, "internal error", source="gateway"))

    async def receive(self) -> ASGIReceiveEvent:
        if self._owner.lost:
            return {"type": "http.disconnect"}
        if self.intake is None:
            return _NO_BODY
        return await self.intake.receive()

    async def send(self, message: ASGISendEvent) -> None:
        if self._owner.lost:
            raise ConnectionResetError("the client is gone")
        if message["type"] == "http.response.start":
            self._start(message["status"], message.get("headers", ()))
        elif message["type"] == "http.response.body":
            await self._body(message.get("body", b""), more=message.get("more_body", False))
        else:
            raise RuntimeError(f"this is no message of a reply: {message['type']}")

    def _start(self, status: int, headers: Any) -> None:
        if self.started or status < 200:
            raise RuntimeError("a reply has one start, and its status is final")
        length, count = _CHUNKED, 0
        block: list[bytes] = []
        for name, value in headers:
            if name == b"content-length":
                length = int(value)
            block += (name, b": ", value, b"\r\n")
            count += 1
        lines = b"".join(block)
        if not _BLOCK.fullmatch(lines) or lines.count(b"\n") != count:
            raise ValueError("a header of the reply is malformed")
        if self.intake is not None and not self.intake.whole:
            self.close = True  # the rest of the body is in the way of the next request
        self._bare = self._bare or status in (204, 304)
        if length == _CHUNKED and not self._bare:
            if self._chunkable:
                lines += b"transfer-encoding: chunked\r\n"
            else:
                self.close = True
        if self.close:
            lines += b"connection: close\r\n"
        self._left = length
        self._head = b"%bdate: %b\r\n%b\r\n" % (STATUS_LINE[status], self._owner.date, lines)
        self.started = True
        if length == _CHUNKED and not self._bare:
            self._owner.transport.write(self._head)  # the client of a stream may see the head before the first chunk
            self._head = b""

    async def _body(self, body: bytes, *, more: bool) -> None:
        if not self.started or self.complete:
            raise RuntimeError("a part of a reply came before its start or after its end")
        write = self._owner.options.write_buffer * 4
        if self._bare:
            body = b""
        if len(body) > write:  # in slices, so that a slow reader holds up the rest of it
            last = (len(body) - 1) // write * write
            for at in range(0, last, write):
                await self._part(body[at : at + write], more=True)
            body = body[last:]
        await self._part(body, more=more)

    async def _part(self, body: bytes, *, more: bool) -> None:
        owner = self._owner
        data = body
        if self._bare:
            pass
        elif self._left == _CHUNKED:
            if self._chunkable:
                data = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
                if not more:
                    data += b"0\r\n\r\n"
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the reply is not as long as its content-length says")
        if self._head:
            data, self._head = self._head + data, b""
        if data:
            owner.transport.write(data)
        if not more:
            self.complete = True
        elif owner.flow.write_paused:
            await owner.flow.drain()

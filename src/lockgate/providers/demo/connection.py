"""One client's connection to the demo: HTTP/1.1 on httptools, bounded in size and time, never more than it can hold."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httptools

from lockgate.core.problem import Kind, Problem
from lockgate.providers.demo import speak_openai
from lockgate.providers.demo.answers import Answer, Request, answer, refusal
from lockgate.providers.demo.speaker import Turn

HEADER_LIMIT = 32 * 1024
BODY_LIMIT = 16 * 1024 * 1024
PIPELINED = 16
IDLE = 75.0
RECEIVING = 30.0
SENDING = 60.0
_REASONS = {
    200: b"OK",
    400: b"Bad Request",
    404: b"Not Found",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
}


@dataclass(slots=True)
class _Receiving:
    method: str = ""
    url: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)
    header: int = 0
    keep_alive: bool = False
    chunked: bool = True
    """The client speaks HTTP/1.1, so that a stream can be framed."""


class Connection(asyncio.Protocol):
    """`number` gives each answer its own; `pace` multiplies every pause, so that tests need not wait."""

    def __init__(self, open_ones: set["Connection"], number: Callable[[], int], pace: float) -> None:
        self._open, self._number, self._pace = open_ones, number, pace
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._request = _Receiving()
        self._ready: deque[_Receiving] = deque()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.gone = asyncio.Event()
        self._deaf = False
        self._transport: asyncio.Transport

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not one by inheritance
        self._open.add(self)
        self._within(IDLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        self.gone.set()
        self._within(None)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # There is no other protocol here: the request is answered as it is, and nothing after it is read.
            self._deaf, self._request.keep_alive = True, False
        except httptools.HttpParserError as error:
            # A callback's own Problem arrives as the context of the parser's error.
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Problem) else Problem(Kind.INVALID, "That is not HTTP."))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def close(self) -> None:
        """At once, whatever is under way."""
        self._transport.abort()

    # httptools' side

    def on_message_begin(self) -> None:
        self._request = _Receiving()
        if not self._task:
            self._within(RECEIVING)

    def on_url(self, url: bytes) -> None:
        self._request.url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        if name.lower() == b"expect" and value.lower() == b"100-continue" and not self._task:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._request.body += body
        if len(self._request.body) > BODY_LIMIT:
            raise Problem(Kind.TOO_LARGE, f"The body is larger than {BODY_LIMIT} bytes.")

    def on_message_complete(self) -> None:
        request = self._request
        request.method = self._parser.get_method().decode("latin-1")
        request.keep_alive = self._parser.should_keep_alive()
        request.chunked = self._parser.get_http_version() == "1.1"
        self._ready.append(request)
        if len(self._ready) > PIPELINED:
            raise Problem(Kind.INVALID, "Too many requests were sent ahead.")
        if not self._task:
            self._task = self._loop.create_task(self._answer_all())

    def _count(self, size: int) -> None:
        self._request.header += size
        if self._request.header > HEADER_LIMIT:
            raise Problem(Kind.INVALID, f"The header is larger than {HEADER_LIMIT} bytes.", status=431)

    # answering

    def _within(self, seconds: float | None) -> None:
        """The client has so long for its next step."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._transport.abort) if seconds else None

    def _refuse(self, problem: Problem) -> None:
        """What follows on this connection cannot be understood: say why, unless an answer is under way, and close."""
        if not self._task:
            refused = refusal(problem, speak_openai.speaker, Turn(number=self._number()))
            self._transport.write(_head(refused, b"content-length: %d" % len(refused.pieces[0]), False))
            self._transport.write(refused.pieces[0])
            self._transport.close()
        else:
            self._transport.abort()

    async def _answer_all(self) -> None:
        self._within(None)
        try:
            while self._ready:
                request = self._ready.popleft()
                await self._answer(request)
                if not request.keep_alive:
                    self._transport.close()
                    return
        except TimeoutError:
            self._transport.abort()
        finally:
            self._task = None
        self._within(IDLE)

    async def _answer(self, request: _Receiving) -> None:
        try:
            url = httptools.parse_url(bytes(request.url))
            path, query = (url.path or b"/").decode("latin-1"), (url.query or b"").decode("latin-1")
        except httptools.HttpParserInvalidURLError:
            path, query = "", ""
        asked = Request(request.method, path, query, bytes(request.body))
        made = answer(asked, self._number(), int(time.time()))
        if made.ending == "hang":
            await self._loop.create_future()
        await asyncio.sleep(made.wait * self._pace)
        if request.method == "HEAD":
            await self._write(_head(made, b"content-length: 0", request.keep_alive))
        elif made.streamed:
            await self._stream(made, request)
        else:
            await self._whole(made, request)

    async def _whole(self, made: Answer, request: _Receiving) -> None:
        body = made.pieces[0]
        head = _head(made, b"content-length: %d" % len(body), request.keep_alive)
        if made.ending == "cut":
            await self._write(head + body[: len(body) // 2])
            request.keep_alive = False
        else:
            await self._write(head + body)

    async def _stream(self, made: Answer, request: _Receiving) -> None:
        if not request.chunked:
            request.keep_alive = False
        await self._write(_head(made, b"transfer-encoding: chunked" if request.chunked else b"", request.keep_alive))
        pieces = made.pieces[: len(made.pieces) // 2] if made.ending == "cut" else made.pieces
        for piece in pieces:
            await self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if request.chunked else piece)
            if made.gap:
                await asyncio.sleep(made.gap * self._pace)
        if made.ending == "cut":
            request.keep_alive = False
        elif request.chunked:
            await self._write(b"0\r\n\r\n")

    async def _write(self, data: bytes) -> None:
        if not self._writable.is_set():
            async with asyncio.timeout(SENDING):
                await self._writable.wait()
        self._transport.write(data)


def _head(made: Answer, framing: bytes, keep_alive: bool) -> bytes:
    lines = [b"HTTP/1.1 %d %b" % (made.status, _REASONS.get(made.status, b"Demo"))]
    lines += [name + b": " + value for name, value in made.headers]
    lines += [framing] if framing else []
    if not keep_alive:
        lines.append(b"connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n"

"""A response body on its way: what the connection fills and the caller empties."""

import asyncio
import math
from collections.abc import Callable
from typing import Protocol, final

from lockgate.core.http import Headers
from lockgate.core.problem import Kind
from lockgate.transports.http.failures import failed

HIGH = 256 * 1024
"""Unread bytes from which the socket is not read."""
LOW = 64 * 1024
"""Unread bytes down to which it stays so."""
_OBJECT = 64
"""Bytes that a chunk costs besides its own."""


class Socket(Protocol):
    """Where the body comes from, as long as it does."""

    def abort(self) -> None: ...
    def resume(self) -> None: ...


@final
class ResponseBody:
    """The port's `Incoming`. One reader at a time; what arrived before a failure is given first, then the failure."""

    __slots__ = (
        "_chunks",
        "_failure",
        "_loop",
        "_tap",
        "_waiter",
        "done",
        "headers",
        "high",
        "low",
        "socket",
        "stale",
        "status",
        "unread",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: Socket) -> None:
        self._loop = loop
        self._chunks: list[bytes] = []
        self._failure: tuple[Kind, str] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._tap: Callable[[bytes], bytes | None] | None = None
        self.socket: Socket | None = socket
        """Nothing once the answer has ended, in whatever way: from then on it may be somebody else's."""
        self.status = 0
        self.headers: Headers = ()
        self.unread = 0
        self.low: float = LOW
        self.high: float = HIGH
        self.done = False
        self.stale = False
        """The connection had been used before and died without a byte of an answer."""

    # What the connection does, and the parser, which also sets `headers` and then `status`.

    def push(self, data: bytes) -> None:
        self._chunks.append(data)
        self.unread += len(data) + _OBJECT

    def finish(self) -> None:
        self.socket = None
        self.done = True
        self.wake()

    def fail(self, kind: Kind, detail: str) -> None:
        self.socket = None
        self._failure = (kind, detail)
        self.wake()

    def wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def arrived(self) -> None:
        """Chunks were pushed. While the reader waits, they go to the tap and nobody is woken, unless it gives back."""
        tap = self._tap
        if tap is None or self._waiter is None or self._waiter.done():
            self.wake()
            return
        chunks = self._chunks
        left = tap(chunks[0] if len(chunks) == 1 else b"".join(chunks)) if chunks else None
        if left is None:
            self._chunks = []
            self.unread = 0
        else:
            self._chunks = [left]
            self.wake()

    # What the caller does.

    def tap(self, take: Callable[[bytes], bytes | None]) -> None:
        """From now on, what comes while the reader waits for it is given to `take` at once, without waking the reader.

        What `take` returns is for the reader, who wakes; None is nothing. It must not raise.
        """
        self._tap = take

    async def arrival(self) -> None:
        """Until the header is there, or the connection turned out to be stale: then there is no status."""
        while not self.status and not self.stale:
            if self._failure is not None:
                raise failed(*self._failure)
            self._waiter = waiter = self._loop.create_future()
            await waiter

    def __aiter__(self) -> "ResponseBody":
        return self

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self.done:
                raise StopAsyncIteration
            await self._more()
        return self._taken()

    async def read(self) -> bytes:
        """All that is left of it; the sender is not held back, `max_bytes` is the bound."""
        if not self.done:
            self.low = self.high = math.inf
            if self.socket is not None:
                self.socket.resume()
            while not self.done:
                await self._more()
        return self._taken()

    async def aclose(self) -> None:
        """Closes the connection at once unless the answer has ended; what is unread is dropped."""
        self._chunks = []
        self.abort()

    def abort(self) -> None:
        """Gives up on what has not arrived; nobody who still reads waits for it."""
        if self.socket is not None:
            self.socket.abort()
            self.fail(Kind.UNREACHABLE, "the answer was given up before it was complete")

    async def _more(self) -> None:
        if self._failure is not None:
            problem = failed(*self._failure)
            problem.written = True
            raise problem
        self._waiter = waiter = self._loop.create_future()
        try:
            await waiter
        except BaseException:
            self.abort()
            raise

    def _taken(self) -> bytes:
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self.unread = 0
        if self.socket is not None:
            self.socket.resume()
        return data

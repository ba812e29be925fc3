"""One connection as a scripted upstream sees it: it follows its script, and keeps every byte it receives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: names as sent, `raw` is every byte of it."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    raw: bytes

    def header(self, name: bytes) -> list[bytes]:
        """All values of a header; `name` in lower case."""
        return [value for key, value in self.headers if key.lower() == name]


class Peer(asyncio.Protocol):
    """One connection, as the upstream sees it. Times are those of the loop."""

    def __init__(self, joined: "Callable[[Peer], Script]", requests: list[Request]) -> None:
        self._joined = joined
        self._all_requests = requests
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._script: asyncio.Task[None] | None = None
        self._parsed = 0
        self._taken = 0
        self.received = bytearray()
        self.requests: list[Request] = []
        self.sent = 0
        self.opened_at = asyncio.get_running_loop().time()
        self.closed_at: float | None = None
        self.transport: asyncio.Transport

    async def request(self) -> Request:
        """The next whole request that no step has taken yet."""
        await self.until(lambda: len(self.requests) > self._taken, None)
        self._taken += 1
        return self.requests[self._taken - 1]

    async def until(self, true: Callable[[], bool], seconds: float | None = TIMEOUT) -> None:
        """Waits until something that bytes, sent or received, or a close can change is true."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def send(self, data: bytes) -> None:
        """Returns when the system has taken nearly all of it."""
        self.transport.write(data)
        self.sent += len(data)
        self._changed.set()
        await self._writable.wait()

    async def closed(self) -> float:
        """When the client closed; waits for it."""
        await self.until(lambda: self.closed_at is not None)
        return cast("float", self.closed_at)

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._script = asyncio.get_running_loop().create_task(self._follow(self._joined(self)))

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (request := _parsed(bytes(self.received[self._parsed :]))) is not None:
            self._parsed += len(request.raw)
            self.requests.append(request)
            self._all_requests.append(request)
        self._changed.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def eof_received(self) -> bool:
        self._left()
        return True  # so that a script can go on talking to one who only stopped sending

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        if self._script is not None:
            self._script.cancel()

    async def finish(self) -> BaseException | None:
        """Ends the connection; what its script failed with, if it did."""
        if self._script is not None:
            self._script.cancel()
            await asyncio.wait({self._script})
        self.transport.abort()
        return None if self._script is None or self._script.cancelled() else self._script.exception()

    def _left(self) -> None:
        if self.closed_at is None:
            self.closed_at = asyncio.get_running_loop().time()
        self._changed.set()

    async def _follow(self, script: "Script") -> None:
        for step in script:
            if isinstance(step, bytes):
                await self.send(step)
            elif isinstance(step, int | float):
                await asyncio.sleep(step)
            else:
                await step(self)


Step = bytes | float | Callable[[Peer], Awaitable[object]]
Script = Sequence[Step]


def _parsed(data: bytes) -> Request | None:
    top, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = top.split(b"\r\n")
    method, target, _ = first.decode("latin-1").split(" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
    length = int(next((value for name, value in headers if name.lower() == b"content-length"), b"0"))
    if len(rest) < length:
        return None
    return Request(method, target, headers, rest[:length], data[: len(top) + 4 + length])

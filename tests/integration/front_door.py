"""A front door on loopback for tests: a real server with small deadlines, and clients that speak raw bytes."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Problem
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server

QUICK = {
    "head_deadline": 0.4,
    "idle_deadline": 0.6,
    "body_idle": 0.3,
    "body_grace": 0.5,
    "linger_deadline": 0.2,
    "send_deadline": 0.5,
    "tick": 0.02,
}
GET = b"GET /v1/models HTTP/1.1\r\nHost: gw\r\n\r\n"


def post(body: bytes = b"{}", *fields: bytes, path: bytes = b"/v1/chat/completions") -> bytes:
    lines = (b"POST " + path + b" HTTP/1.1", b"Host: gw", b"Content-Length: %d" % len(body), *fields)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Door:
    """The server, what its application saw, and which refusals it never saw."""

    server: Server
    port: int
    seen: list[tuple[Inbound, bytes]] = field(default_factory=list)
    noted: list[tuple[Problem, str, str]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [inbound.path for inbound, _ in self.seen]

    async def connect(self, *, receive_buffer: int = 0) -> "Client":
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        except OSError:
            sock.close()
            raise
        return Client(sock)

    async def ask(self, raw: bytes, patience: float = 3.0) -> list["Answer"]:
        """All answers until the server closes, or falls silent after one."""
        client = await self.connect()
        try:
            await client.send(raw)
            return (await client.answers(patience))[0]
        finally:
            client.close()


@dataclass
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes
    whole: bool


class Client:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.held = b""
        self.bare = False
        self.reset = False

    async def send(self, raw: bytes) -> None:
        """Sends as much as the server takes; that it closed in the middle is for the reader to see."""
        try:
            self.bare = raw.startswith(b"HEAD ")
            await asyncio.get_running_loop().sock_sendall(self.sock, raw)
        except (ConnectionResetError, BrokenPipeError):
            pass

    async def receive(self, patience: float = 3.0) -> bytes | None:
        """The next bytes; b"" when the server closed; None when nothing came in time."""
        try:
            async with asyncio.timeout(patience):
                return await asyncio.get_running_loop().sock_recv(self.sock, 65536)
        except TimeoutError:
            return None
        except ConnectionResetError:
            self.reset = True
            return b""

    async def answers(self, patience: float = 3.0, silence: float = 0.15) -> tuple[list[Answer], bool]:
        """Everything that came, and whether the server closed. Waits `patience` for the first byte."""
        closed = False
        while True:
            found = _answers(self.held, bare=self.bare)
            data = await self.receive(silence if found and found[-1].whole else patience)
            if not data:
                closed = data == b""
                break
            self.held += data
        return _answers(self.held, bare=self.bare), closed

    async def one(self, patience: float = 3.0) -> Answer:
        """Exactly one answer, and nothing behind it."""
        while not (found := _answers(self.held, bare=self.bare)) or not found[0].whole:
            data = await self.receive(patience)
            assert data, f"no whole answer, only {self.held[:200]!r}"
            self.held += data
        assert len(found) == 1
        self.held = b""
        return found[0]

    def close(self) -> None:
        self.sock.close()


def answers_of(raw: bytes) -> list[Answer]:
    """What a client that is no `Client` received."""
    return _answers(raw)


def _answers(raw: bytes, *, bare: bool = False) -> list[Answer]:
    """`bare`: the first one answers a HEAD and has no body."""
    found: list[Answer] = []
    while raw:
        head, end, rest = raw.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        status = re.fullmatch(rb"HTTP/1\.1 ([0-9]{3}) .*", line)
        assert status, f"not an answer: {raw[:200]!r}"
        headers = dict(one.split(b": ", 1) for one in lines)
        if bare and not found and headers.get(b"connection") != b"close":
            body, whole, raw = b"", True, rest
        else:
            body, whole, raw = _body(headers, rest, int(status[1]))
        found.append(Answer(int(status[1]), headers, body, bool(end) and whole))
        if not whole:
            break
    return found


def _body(headers: dict[bytes, bytes], rest: bytes, status: int) -> tuple[bytes, bool, bytes]:
    if status == 100:
        return b"", True, rest
    if b"transfer-encoding" in headers:
        parts = b""
        while True:
            size, line_end, tail = rest.partition(b"\r\n")
            if not line_end or len(tail) < int(size, 16) + 2:
                return parts, False, b""
            if size == b"0":
                return parts, True, tail[2:]
            parts += tail[: int(size, 16)]
            rest = tail[int(size, 16) + 2 :]
    length = int(headers.get(b"content-length", b"0"))
    return rest[:length], len(rest) >= length, rest[length:]


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what nobody announces, for three seconds at most."""
    async with asyncio.timeout(3):
        while not condition():  # noqa: ASYNC110 - the server has no event for a test
            await asyncio.sleep(0.01)


def refuse(problem: Problem, _: Inbound) -> Reply:
    return Reply(problem.status, ((b"content-type", b"text/plain"),), problem.kind.code.encode())


Serve = Callable[[Inbound], Awaitable[Reply]]


@asynccontextmanager
async def door(serve: Serve | None = None, **settings: object) -> AsyncIterator[Door]:
    """A server on a free port. Without `serve` it reads each body, remembers the request and answers `{}`."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    opened = Door(None, sock.getsockname()[1])  # type: ignore[arg-type]  # filled in below

    async def remember(inbound: Inbound) -> Reply:
        body = await inbound.read()
        opened.seen.append((inbound, body))
        return Reply(200, ((b"content-type", b"application/json"), (b"x-request-id", b"r-1")), b"{}")

    options = EdgeOptions(**{**QUICK, "noted": lambda *told: opened.noted.append(told), **settings})  # type: ignore[arg-type]
    opened.server = Server(asgi(serve or remember, refuse, options), options)
    await opened.server.start([sock])
    try:
        yield opened
    finally:
        await opened.server.drain(0.5)
        assert opened.server.in_flight == 0
        assert opened.server.connections == 0

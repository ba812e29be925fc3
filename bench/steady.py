"""Clients that ask at a steady pace whatever becomes of it, for several models at once: each model sees the same noise.

A request that finds no connection free gets a new one, and nothing is left out: what is not answered counts as failed.
"""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Told:
    """What came of the requests for one model: seconds until the first byte of an answer, and to its end."""

    asked: int = 0
    good: int = 0
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)

    def ended(self, status: str, first: float, whole: float) -> None:
        if status == "200":
            self.good += 1
        else:
            self.wrong[status] = self.wrong.get(status, 0) + 1
        self.first.append(first)
        self.whole.append(whole)


class Client(asyncio.Protocol):
    """One connection, one request at a time; an answer ends as its length says, or with the last chunk."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._transport: asyncio.Transport | None = None
        self._got, self._sent, self._first = b"", 0.0, 0.0
        self._asks = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self) -> None:
        assert self._transport is not None
        self._asks, self._got, self._sent = True, b"", time.perf_counter()
        self._transport.write(self._line.request)

    def data_received(self, data: bytes) -> None:
        if not self._got:
            self._first = time.perf_counter()
        self._got += data
        head = self._got.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._got, 0, head + 2)
        if len(self._got) >= head + 4 + int(length[1]) if length else self._got.endswith(b"\r\n0\r\n\r\n"):
            self._ended(self._got[9:12].decode())
            self._line.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._asks:
            self._first = self._first or time.perf_counter()
            self._ended("lost")
        if self in self._line.free:
            self._line.free.remove(self)

    def _ended(self, status: str) -> None:
        self._asks = False
        self._line.told.ended(status, self._first - self._sent, time.perf_counter() - self._sent)


class Line:
    """The clients of one model."""

    def __init__(self, port: int, model: str, key: str, *, stream: bool) -> None:
        body = json.dumps({"model": model, "stream": stream, "messages": [{"role": "user", "content": "nonce=bench"}]})
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        head += f"authorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n\r\n"
        self.request = head.encode() + body.encode()
        self.told = Told()
        self.free: list[Client] = []
        self._port = port
        self._opening: set[asyncio.Task[None]] = set()

    def send(self) -> None:
        self.told.asked += 1
        if self.free:
            self.free.pop().ask()
            return
        task = asyncio.get_running_loop().create_task(self._open())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: Client(self), "127.0.0.1", self._port)
        client.ask()


async def asked(
    port: int,
    models: Sequence[str],
    key: str,
    rate: float,
    seconds: float,
    *,
    stream: bool = False,
    patience: float = 30,
) -> dict[str, Told]:
    """So many requests a second for each model; then as much patience for what is still under way."""
    lines = [Line(port, model, key, stream=stream) for model in models]
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    while (now := loop.time() - began) < seconds:
        due = int(now * rate * len(lines))  # one after the other, so that no two models ask at the same moment
        for number in range(sent, due):
            lines[number % len(lines)].send()
        sent = due
        await asyncio.sleep(0.001)
    for _ in range(int(patience * 10)):
        if any(len(line.told.whole) < line.told.asked for line in lines):
            await asyncio.sleep(0.1)
    return {model: line.told for model, line in zip(models, lines, strict=True)}


def at(times: Sequence[float], part: float) -> float:
    """Milliseconds."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1e3 if ordered else 0.0

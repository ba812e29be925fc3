"""A stream upstream that costs little: prebuilt events, one timer for many streams. Run as a process of its own.

The request's model says how: `stream-20` sends an event every 20 ms.
"""

import argparse
import asyncio
import re
from dataclasses import dataclass, field
from typing import cast

from bench import bodies

GROUPS = 20
_MODEL = re.compile(rb'"model"\s*:\s*"[a-z-]*stream-(\d+)"')
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _framed(events: tuple[bytes, bytes, bytes]) -> tuple[bytes, bytes, bytes]:
    begin, middle, end = (b"%x\r\n%b\r\n" % (len(event), event) for event in events)
    return _HEAD + begin, middle, end + b"0\r\n\r\n"


_OPENAI = _framed(bodies.openai_events())
_ANTHROPIC = _framed(bodies.anthropic_events())


@dataclass(slots=True)
class Pace:
    """Streams with the same gap, in groups that take turns, so that events are spread over time."""

    gap: float
    groups: list[list["Upstream"]] = field(default_factory=lambda: [[] for _ in range(GROUPS)])
    turn: int = 0
    joined: int = 0

    def join(self, stream: "Upstream") -> None:
        self.groups[self.joined % GROUPS].append(stream)
        self.joined += 1

    def tick(self, due: float) -> None:
        group = self.groups[self.turn]
        self.turn = (self.turn + 1) % GROUPS
        group[:] = [stream for stream in group if stream.beat()]
        loop = asyncio.get_running_loop()
        due = max(due + self.gap / GROUPS, loop.time() - self.gap)
        loop.call_at(due, self.tick, due)


class Upstream(asyncio.Protocol):
    """One connection: reads a request, then sends its events as the pace says."""

    def __init__(self, paces: dict[int, Pace], events: int) -> None:
        self._paces, self._events = paces, events
        self._received, self._left = b"", 0
        self._form = _OPENAI
        self._open = True
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not of the class that it behaves like

    def connection_lost(self, exc: Exception | None) -> None:
        self._open = False

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        length = _LENGTH.search(self._received, 0, end + 2) if end >= 0 else None
        if end < 0 or len(self._received) < end + 4 + (int(length[1]) if length else 0):
            return
        request, self._received = self._received, b""
        self._form = _ANTHROPIC if b" /v1/messages" in request[:64] else _OPENAI
        model = _MODEL.search(request, end)
        gap = int(model[1]) if model else 20
        if gap not in self._paces:
            pace = self._paces[gap] = Pace(gap / 1000)
            pace.tick(asyncio.get_running_loop().time())
        self._left = self._events
        self._transport.write(self._form[0])
        self._paces[gap].join(self)

    def beat(self) -> bool:
        """Sends the next event; False when there is no next one."""
        if not self._open:
            return False
        if self._left:
            self._left -= 1
            self._transport.write(self._form[1])
            return True
        self._transport.write(self._form[2])
        return False


async def serve(port: int, events: int) -> asyncio.Server:
    paces: dict[int, Pace] = {}
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Upstream(paces, events), "127.0.0.1", port, backlog=4096)


async def _main(port: int, events: int) -> None:
    server = await serve(port, events)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--events", type=int, required=True)
    asked = parser.parse_args()
    uvloop.run(_main(asked.port, asked.events))

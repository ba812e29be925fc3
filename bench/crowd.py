"""A crowd of clients, as a process of its own: so many requests a second whatever becomes of them, or so many clients in turn.

`python -m bench.crowd PORT MODEL RATE CONNECTIONS SECONDS TURNS` says when all are connected, and in the end prints one line of
JSON. With RATE 0 every connection asks again when it
was answered, and after a refusal waits as long as `retry-after` says; with TURNS only so many ask at once, and the connections take
turns. The key is in BENCH_KEY.
"""

import asyncio
import json
import os
import re
import sys
import time
from collections import deque
from typing import cast

import uvloop

from bench import bodies

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_LATER = re.compile(rb"\r\nretry-after: (\d+)", re.IGNORECASE)


class Crowd:
    """What came of the requests: times in seconds, by what they were answered with."""

    def __init__(self, rate: float, turns: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.rate, self.turns = rate, turns
        self.free: deque[Client] = deque()
        self.good: list[float] = []
        self.refused: list[float] = []
        self.late: list[float] = []
        """What the crowd itself was late with sending."""
        self.other = self.unsent = 0
        self.over = False

    def answered(self, client: "Client", status: bytes, took: float, later: float) -> None:
        if not self.over:
            if status == b"200":
                self.good.append(took)
            elif status == b"503":
                self.refused.append(took)
            else:
                self.other += 1
        if self.rate:
            self.free.append(client)
        elif self.turns and not self.over:
            self.free.append(client)
            self.free.popleft().ask(None)
        elif not self.over:
            self.loop.call_later(later if status == b"503" else 0.0, client.ask, None)

    async def pace(self, seconds: float) -> None:
        """Sends when it is time, a few at once; who finds no connection free is counted and does not wait."""
        began, sent = self.loop.time(), 0
        while (now := self.loop.time() - began) < seconds:
            due = int(now * self.rate)
            for _ in range(sent, due):
                if self.free:
                    self.free.popleft().ask(None)
                else:
                    self.unsent += 1
            self.late.append(self.loop.time() - began - sent / self.rate)
            sent = due
            await asyncio.sleep(0.001)


class Client(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self._crowd, self._request = crowd, request
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, since: float | None) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._since = self._crowd.loop.time() if since is None else since
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        length = _LENGTH.search(self._got, 0, end + 2) if end > 0 else None
        if length and len(self._got) >= end + 4 + int(length[1]):
            later = _LATER.search(self._got, 0, end + 2)
            status, self._got = self._got[9:12], b""
            took = self._crowd.loop.time() - self._since
            self._crowd.answered(self, status, took, float(later[1]) if later else 0.0)


async def main(port: int, model: str, *, rate: float, connections: int, seconds: float, turns: int) -> None:
    crowd = Crowd(rate, turns)
    body = bodies.chat(model, 1100)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {os.environ['BENCH_KEY']}\r\ncontent-length: {len(body)}\r\n\r\n"
    made = [
        await crowd.loop.create_connection(lambda: Client(crowd, head.encode() + body), "127.0.0.1", port)
        for _ in range(connections)
    ]
    clients = [client for _, client in made]
    print("all are connected", flush=True)
    if rate:
        crowd.free.extend(clients)
        await crowd.pace(seconds)
    else:
        crowd.free.extend(clients)
        for _ in range(turns or connections):
            crowd.free.popleft().ask(None)
        await asyncio.sleep(seconds)
    crowd.over = True
    found = {"good": sorted(crowd.good), "refused": sorted(crowd.refused)}
    shown = {name: {"number": len(each), "p50": at(each, 0.5), "p99": at(each, 0.99)} for name, each in found.items()}
    own = {"late": at(sorted(crowd.late), 0.99), "busy": time.process_time() / seconds}
    print(json.dumps({**shown, **own, "other": crowd.other, "unsent": crowd.unsent}), flush=True)


def at(times: list[float], part: float) -> float:
    """Milliseconds."""
    return times[min(len(times) - 1, int(len(times) * part))] * 1e3 if times else 0.0


if __name__ == "__main__":
    _, port, model, rate, connections, seconds, turns = sys.argv
    asked = main(
        int(port), model, rate=float(rate), connections=int(connections), seconds=float(seconds), turns=int(turns)
    )
    uvloop.run(asked)

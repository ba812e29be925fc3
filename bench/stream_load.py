"""The client side of many streams at once: opens them, counts their events, checks their end. Run as its own process.

Prints a line of JSON when the last stream has begun, with how many are open then, and one with the result at the end.
"""

import argparse
import asyncio
import contextlib
import json
import time
from pathlib import Path
from typing import cast

from bench import bodies

_MARK = bodies.MARK.encode()
BATCH = 50


class Stream(asyncio.Protocol):
    """One stream. It is whole when its status was 200, no event is missing, and it ended as its dialect says."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._sent = self._begun = 0.0
        self._events = self._size = 0
        self._start = self._tail = b""
        self._done = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not of the class that it behaves like
        self._sent = time.perf_counter()
        self._transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        if not self._begun:
            self._begun = time.perf_counter()
            self._start = data[:200]
            self._load.began(self._begun - self._sent)
        self._size += len(data)
        self._events += data.count(_MARK)
        self._tail = data[-64:] if len(data) >= 64 else (self._tail + data)[-64:]
        if self._tail.endswith(b"\r\n0\r\n\r\n") or not self._start.startswith(b"HTTP/1.1 200"):
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._done:
            return
        self._done = True
        clean = self._start.startswith(b"HTTP/1.1 200") and b"[DONE]" in self._tail
        wrong = "" if clean and self._events == self._load.events else self._wrong()
        self._load.ended(self._events, self._size, wrong)
        self._transport.close()

    def _wrong(self) -> str:
        return f"{self._events} events, began {self._start[:60]!r}, ended {self._tail!r}"


class Load:
    """All streams of a round."""

    def __init__(self, request: bytes, streams: int, events: int) -> None:
        self.request, self.streams, self.events = request, streams, events
        self._seen = self._bytes = self._finished = self._failed = 0
        self._first: list[float] = []
        self._wrong = ""
        self._all = asyncio.Event()

    def began(self, seconds: float) -> None:
        self._first.append(seconds)
        if len(self._first) == self.streams:
            print(json.dumps({"open": self.streams - self._finished}), flush=True)

    def ended(self, events: int, size: int, wrong: str) -> None:
        self._seen += events
        self._bytes += size
        self._finished += 1
        self._failed += bool(wrong)
        self._wrong = self._wrong or wrong
        if self._finished == self.streams:
            self._all.set()

    async def run(self, port: int, patience: float) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        for batch in range(0, self.streams, BATCH):
            many = min(BATCH, self.streams - batch)
            opened = (loop.create_connection(lambda: Stream(self), "127.0.0.1", port) for _ in range(many))
            for outcome in await asyncio.gather(*opened, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    self.ended(0, 0, f"did not connect: {outcome}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._all.wait()
        first = sorted(self._first) or [0.0]
        return {
            "streams": self.streams,
            "failed": self._failed + self.streams - self._finished,
            "wrong": self._wrong or ("" if self._finished == self.streams else "some did not end in time"),
            "events": self._seen,
            "bytes": self._bytes,
            "seconds": time.perf_counter() - started,
            "first_p50": first[len(first) // 2],
            "first_p99": first[len(first) * 99 // 100],
        }


def request(model: str, key: str) -> bytes:
    body = bodies.chat(model, 1100, stream=True)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _main(asked: argparse.Namespace) -> None:
    key = Path(asked.key_file).read_text(encoding="utf-8")  # noqa: ASYNC240 - before anything is measured
    load = Load(request(asked.model, key), asked.streams, asked.events)
    print(json.dumps(await load.run(asked.port, asked.patience)), flush=True)


if __name__ == "__main__":
    import uvloop

    parser = argparse.ArgumentParser()
    for name in ("port", "streams", "events"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--key-file", required=True)
    parser.add_argument("--patience", type=float, required=True)
    uvloop.run(_main(parser.parse_args()))

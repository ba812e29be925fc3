"""An upstream of our own on real sockets: plays five families, does what the prompt says, keeps every byte it received.

A prompt holds a mark, as `Upstream.mark("tool")` makes it: `act=tool id=1f2e…`. Requests are found again by that id, and a
stream that waits goes on when `open(mark)` says so. Two acts, as in `act.openai=503 act=chat`, tell one family from the rest.

    chat           the text ANSWER and the id; whole or as a stream, as asked     429, 500 …   an error of that status
    tool           a call of the tool; the text when its result is in the request  endless      pieces of text, for ever
    two            two calls at once; the text when their results are there
    head, first, mid, last   waits for `open` before the head; before the first frame; in the middle; before the last one
    refuse         RST, and no answer at all                                      late         a stream that begins with an error
    reset, cut     sends half of it, then RST or FIN                              garbage, html  what cannot be read
"""

import re
import secrets
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from typing import NamedTuple, Self

from tests.e2e.acts import ANSWER, Performance, Received, left, note_closed

_ID = re.compile(rb"id=([0-9a-f]{16})")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Mark(NamedTuple):
    """What stands in a prompt, and the id in it."""

    text: str
    id: str

    @property
    def answer(self) -> str:
        return "".join(ANSWER) + self.id


class Upstream:
    """Listens while it is entered. Family F answers below `/F`."""

    def __init__(self) -> None:
        self.port = 0
        self._seen: dict[str, list[Received]] = defaultdict(list)
        self._arrived = threading.Condition()
        self._gates: dict[str, threading.Event] = defaultdict(threading.Event)
        self._open: set[socket.socket] = set()

    def mark(self, *acts: str) -> Mark:
        made = secrets.token_hex(8)
        what = " ".join(f"act{act if act.startswith('.') else '=' + act}" for act in acts)
        return Mark(f"{what} id={made}", made)

    def open(self, mark: Mark) -> None:
        self._gates[mark.id].set()

    def received(self, mark: Mark, number: int = 1) -> list[Received]:
        """The requests with this mark; waits until there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self._seen[mark.id]) >= number, 5), "the upstream was not called"
            return list(self._seen[mark.id])

    def calls(self, mark: Mark) -> int:
        return len(self._seen[mark.id])

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in tuple(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listener.accept()
                self._open.add(one)
                threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError), one:
            while (raw := _whole(one)) is not None:
                got = _parsed(raw)
                mark = _ID.search(raw)
                key = mark[1].decode() if mark else ""
                with self._arrived:
                    self._seen[key].append(got)
                    self._arrived.notify_all()
                try:
                    Performance(one, got, key, self._gates[key]).play()
                finally:
                    if not got.closed.is_set() and (one.fileno() < 0 or left(one)):
                        note_closed(got)
        self._open.discard(one)


def _whole(one: socket.socket) -> bytes | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        if not (data := one.recv(65536)):
            return None
        raw += data
    length = _LENGTH.search(raw)
    end = raw.index(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(raw) < end:
        if not (data := one.recv(65536)):
            return None
        raw += data
    return raw


def _parsed(raw: bytes) -> Received:
    top, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Received(target.split("/")[1], method, target, headers, body, raw, time.monotonic())

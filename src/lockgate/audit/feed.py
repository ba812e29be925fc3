"""A sink with what waits for it: the same lines come again until it takes them."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from time import monotonic, time
from typing import NamedTuple, Protocol

from lockgate.core.sink import Event, Sink, SinkError

log = logging.getLogger("lockgate.audit")

RETRY_SECONDS = 0.05
TOGETHER = 256 * 1024
"""Bytes that came while a sink was busy go to it in one piece."""

BACKLOG_BYTES = 16 * 1024 * 1024
"""What a sink that is away may have waiting, while others take the lines. Beyond it lines are dropped, counted and noted."""


class Seen(Protocol):
    """Hears of the lines that a sink has taken: see `Spans`."""

    def add(self, first: int, digests: Sequence[bytes]) -> None: ...


class Lines(NamedTuple):
    """Lines on their way to the sinks: the first one's number, and their digests."""

    text: bytes
    first: int
    digests: Sequence[bytes]


class Ticket:
    """Calls back once, when so many sinks have taken the lines."""

    __slots__ = ("_done", "_lock", "_missing")

    def __init__(self, required: int, done: Callable[[], None]) -> None:
        self._missing = required
        self._done = done
        self._lock = threading.Lock()

    def take(self) -> None:
        with self._lock:
            self._missing -= 1
            complete = self._missing == 0
        if complete:
            self._done()


class Feed:
    """`deliver` writes in the caller's thread; after `start`, `put` leaves it to a thread of the feed's own."""

    def __init__(self, sink: Sink, seen: Seen | None = None) -> None:
        self._sink = sink
        self._seen = seen
        self._given: queue.SimpleQueue[tuple[Lines, Ticket] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._noted: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._put = 0
        self._taken = 0
        self._lost = 0
        self._deadline: float | None = None
        self._hurried = threading.Event()
        self.trouble = ""
        self.dropped = 0

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="audit-sink", daemon=True)
        self._thread.start()

    def put(self, lines: Lines, ticket: Ticket) -> None:
        if self._put - self._taken >= BACKLOG_BYTES:
            self._lost += len(lines.digests)
            return
        if self._lost:
            self._noted.put(self._gap())
        self._put += len(lines.text)
        self._given.put((lines, ticket))

    def deliver(self, lines: Lines) -> bool:
        """Blocks until the sink took them. False only when the process ends and it still does not."""
        released = False
        while True:
            try:
                notes = self._sink.write(lines.text)
            except SinkError as error:
                self._complain(str(error))
            except Exception as error:  # noqa: BLE001 - a thread that ended would never come back
                self._complain(f"{type(error).__name__}: {error}")
            else:
                self._taken_in(lines, notes)
                return True
            if self._deadline is not None:
                if released and monotonic() > self._deadline:
                    return False
                self._sink.release()
                released = True
            self._hurried.wait(RETRY_SECONDS)
            self._hurried.clear()

    def notes(self) -> list[Event]:
        """What has to be written into the chain about this sink."""
        return [self._noted.get() for _ in range(self._noted.qsize())]

    def hurry(self, deadline: float) -> None:
        self._deadline = deadline
        self._hurried.set()

    def finish(self) -> None:
        if self._thread is not None:
            self._given.put(None)
            self._thread.join()
        self._sink.close()

    def _run(self) -> None:
        over = False
        while not over and (given := self._given.get()) is not None:
            lines, tickets = given[0], [given[1]]
            while len(lines.text) < TOGETHER and not self._given.empty():
                more = self._given.get()
                if more is None:
                    over = True
                    break
                lines = Lines(lines.text + more[0].text, lines.first, [*lines.digests, *more[0].digests])
                tickets.append(more[1])
            if self.deliver(lines):
                for ticket in tickets:
                    ticket.take()
            self._taken += len(lines.text)

    def _complain(self, why: str) -> None:
        if why != self.trouble:
            log.error("an audit sink does not take records: %s", why)
        self.trouble = why

    def _taken_in(self, lines: Lines, notes: Sequence[Event]) -> None:
        for note in notes:
            self._noted.put(note)
        if self._seen is not None:
            self._seen.add(lines.first, lines.digests)
        if self.trouble:
            log.warning("an audit sink takes records again")
            self.trouble = ""

    def _gap(self) -> Event:
        lost, self._lost = self._lost, 0
        self.dropped += lost
        details = {"sink": type(self._sink).__name__, "lines": str(lost)}
        return Event(ts=time(), event="sink_missed_lines", details=details)

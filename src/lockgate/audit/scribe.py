"""The thread that makes lines of records and brings them to the sinks."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from lockgate.audit.batch import Batch
from lockgate.audit.chain import Chain
from lockgate.audit.feed import Feed, Lines, Ticket
from lockgate.audit.spans import Spans
from lockgate.core.sink import Event, Record, Sink

LAST_SECONDS = 2.0
"""How long a process that ends still tries to write its last lines."""


class Scribe:
    """A batch is accepted when `required` of the sinks took it. With a single sink it is written in this thread, for a
    second one costs a fifth of a millisecond; with several each has a thread, so that a slow one holds up nobody. `spans` are
    told of the lines that their sink took.
    """

    def __init__(
        self, chain: Chain, sinks: Sequence[Sink], required: int = 1, spans: tuple[Sink, Spans] | None = None
    ) -> None:
        self._chain = chain
        self._feeds = [Feed(sink, spans[1] if spans and spans[0] is sink else None) for sink in sinks]
        self._alone = self._feeds[0] if len(self._feeds) == 1 else None
        self._required = required
        self._spans = spans[1] if spans else None
        self._given: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._tell: Callable[[], None] = lambda: None

    @property
    def trouble(self) -> str:
        """What the sinks last complained of."""
        return "; ".join(feed.trouble for feed in self._feeds if feed.trouble)

    @property
    def dropped(self) -> int:
        """Lines that a sink which was away too long never got, while others did."""
        return sum(feed.dropped for feed in self._feeds)

    def start(self, tell: Callable[[], None]) -> None:
        """`tell` is called from a thread whenever a batch was accepted."""
        self._tell = tell
        if self._alone is None:
            for feed in self._feeds:
                feed.start()
        self._thread.start()

    def give(self, batch: Batch) -> None:
        self._given.put(batch)

    def stop(self, last: Batch) -> None:
        """Blocks until everything is written, or cannot be."""
        deadline = monotonic() + LAST_SECONDS
        for feed in self._feeds:
            feed.hurry(deadline)
        if last.records:
            self._given.put(last)
        self._given.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                batch = self._given.get(timeout=self._spans.due if self._spans else None)
            except queue.Empty:
                self._flush()
                continue
            if batch is None:
                break
            self._write(batch.records, batch)
            self._flush()
        for feed in self._feeds:
            feed.finish()
        self._flush(now=True)

    def _write(self, records: Sequence[Record | Event], batch: Batch | None = None) -> None:
        first = self._chain.seq + 1
        text, digests = self._chain.lines(records)
        lines = Lines(text, first, digests)
        if batch is not None:
            batch.began = monotonic()
        if self._alone is None:
            ticket = Ticket(self._required, lambda: self._accept(batch))
            for feed in self._feeds:
                feed.put(lines, ticket)
        elif self._alone.deliver(lines):
            self._accept(batch)
        if notes := [note for feed in self._feeds for note in feed.notes()]:
            self._write(notes)

    def _accept(self, batch: Batch | None) -> None:
        if batch is not None:
            batch.ended, batch.accepted = monotonic(), True
            self._tell()

    def _flush(self, *, now: bool = False) -> None:
        if self._spans is not None:
            self._spans.flush(now=now)

"""Frames that tell a call in pieces: nobody knows the call before the last of them, so they leave together, as one or not at all."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from lockgate.core.events import Ended, Event, ToolDelta, ToolPieces
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.channel import Channel

MOST = 16 * 1024 * 1024
"""Bytes of such frames that are kept."""

Span = tuple[Channel, int, int] | None
"""Where the text of an event stands in its channel."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame (None when only its events count), its events, and where the texts among them stand.

    `changed`: an event of it is another one than came. `several`: it is more than one frame.
    """

    frame: bytes | None
    events: Sequence[Event]
    spans: Sequence[Span]
    changed: bool = False
    several: bool = False


class Gathering:
    """Puts entries into a queue, those of a call in pieces as one. Where no frames leave, nothing has to wait for that."""

    __slots__ = ("_open", "_parts", "_queue", "_size")

    def __init__(self, queue: deque[Entry]) -> None:
        self._queue = queue
        self._open: set[tuple[int, int]] = set()
        self._parts: list[Entry] = []
        self._size = 0

    def add(self, entry: Entry) -> None:
        if entry.frame is not None:
            for event in entry.events:
                self._follow(event)
        if not (self._open or self._parts):
            self._queue.append(entry)
            return
        self._parts.append(entry)
        self._size += len(entry.frame or b"")
        if self._size > MOST:
            raise Problem(Kind.BAD_UPSTREAM, "a tool call's arguments are too long", source="upstream")
        if not self._open:
            self.close()

    def close(self) -> None:
        """All that was kept is in the queue then."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts:
            frame = b"".join([part.frame or b"" for part in parts])
            events = list(chain.from_iterable(part.events for part in parts))
            spans = list(chain.from_iterable(part.spans for part in parts))
            self._queue.append(Entry(frame, events, spans, any(part.changed for part in parts), several=True))

    def _follow(self, event: Event) -> None:
        if isinstance(event, ToolPieces):
            self._open.add((event.choice, event.call))
        elif isinstance(event, ToolDelta):
            self._open.discard((event.choice, event.call))
        elif isinstance(event, Ended):
            self._open.clear()

"""Text of a stream is let go only once it can no longer become part of something a rule would find.

Sans-io: frames with their events go in, what may leave comes out, in the same order. Texts are followed per channel (text,
thinking, refusal, arguments of a call; each choice apart), because that is how a client joins them. Until the first change
the original frames leave untouched; afterwards the events leave, to be encoded again.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import structs

from lockgate.core.events import Ended, Event, Finished, RefusalDelta, TextDelta, ThinkingDelta, ToolDelta
from lockgate.core.guard import Finding, Rule
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import blocked, placeholder

Key = tuple[type[Event], int, int]
Textual = TextDelta | ThinkingDelta | RefusalDelta | ToolDelta
PLACES: dict[type[Event], str] = {
    TextDelta: "text",
    ThinkingDelta: "thinking",
    RefusalDelta: "refusal",
    ToolDelta: "tool_arguments",
}


@dataclass(slots=True)
class Channel:
    """Positions count from the channel's first character; `pending` begins at `base` and is clear up to `safe`."""

    place: str
    base: int = 0
    safe: int = 0
    pending: str = ""
    holes: list[Finding] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.base + len(self.pending)


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame (None when only its events count), its events, and where the texts among them stand."""

    frame: bytes | None
    events: Sequence[Event]
    spans: Sequence[tuple[Channel, int, int] | None]


@dataclass(frozen=True, slots=True)
class Release:
    """What may leave: the original frame, or, when that is None, the events."""

    frame: bytes | None
    events: Sequence[Event]


class Holdback:
    """`feed` and `end` raise the `Problem` of a rule that blocks."""

    def __init__(self, rules: Sequence[Rule], ledger: Ledger) -> None:
        self._rules = rules
        self._ledger = ledger
        self._tail = max((rule.guard.reach for rule in rules), default=1) - 1
        self._channels: dict[Key, Channel] = {}
        self._queue: deque[Entry] = deque()
        self._changed = False

    def feed(self, frame: bytes | None, events: Sequence[Event]) -> list[Release]:
        self._queue.append(Entry(frame, events, [self._enter(event) for event in events]))
        for key, channel in self._channels.items():
            done = any(isinstance(e, Ended) or (isinstance(e, Finished) and e.choice == key[1]) for e in events)
            self._clear(channel, final=done)
        return self._releases()

    def end(self) -> list[Release]:
        for channel in self._channels.values():
            self._clear(channel, final=True)
        return self._releases()

    def _enter(self, event: Event) -> tuple[Channel, int, int] | None:
        if not isinstance(event, TextDelta | ThinkingDelta | RefusalDelta | ToolDelta):
            return None
        kind = type(event)
        key = (kind, event.choice, event.call if isinstance(event, ToolDelta) else 0)
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = Channel(PLACES[kind])
        start = channel.end
        channel.pending += _text(event)
        return channel, start, channel.end

    def _clear(self, channel: Channel, *, final: bool) -> None:
        """Move `safe` as far as nothing that begins before it can still grow; note what was found up to there."""
        if channel.safe == channel.end:
            return
        found = [(rule, finding) for rule in self._rules for finding in rule.guard.find(channel.pending)]
        safe = len(channel.pending) - (0 if final else self._tail)
        for _, finding in sorted(found, key=lambda pair: -pair[1].start):
            if finding.start < safe < finding.end:
                safe = finding.start
        if safe <= 0:
            return
        for rule, finding in found:
            if finding.end <= safe:
                self._ledger.found(rule, "response." + channel.place, [finding])
                self._decide(rule, finding, channel)
        channel.pending, channel.base = channel.pending[safe:], channel.base + safe
        channel.safe = channel.base

    def _decide(self, rule: Rule, finding: Finding, channel: Channel) -> None:
        if rule.action == "block":
            raise blocked(rule, "response." + channel.place)
        if rule.action == "mask":
            channel.holes.append(Finding(channel.base + finding.start, channel.base + finding.end, finding.label))

    def _releases(self) -> list[Release]:
        out: list[Release] = []
        while self._queue and all(span is None or span[2] <= span[0].safe for span in self._queue[0].spans):
            entry = self._queue.popleft()
            events = [_masked(event, span) for event, span in zip(entry.events, entry.spans, strict=True)]
            if entry.frame is None or any(new is not old for new, old in zip(events, entry.events, strict=True)):
                self._changed = True
            out.append(Release(None if self._changed else entry.frame, [e for e in events if e is not None]))
        return out


def _text(event: Textual) -> str:
    return event.arguments if isinstance(event, ToolDelta) else event.text


def _masked(event: Event, span: tuple[Channel, int, int] | None) -> Event | None:
    """The event without what was found in it; None when nothing is left; the same object when nothing was found."""
    if span is None or not isinstance(event, TextDelta | ThinkingDelta | RefusalDelta | ToolDelta):
        return event
    channel, start, end = span
    channel.holes = [hole for hole in channel.holes if hole.end > start]
    if not any(hole.start < end for hole in channel.holes):
        return event
    text, out, at = _text(event), [], start
    for hole in sorted(channel.holes, key=lambda hole: (hole.start, -hole.end)):
        if hole.start >= end:
            break
        if hole.start >= at:
            out.append(text[at - start : hole.start - start])
            out.append(placeholder(hole))
        at = max(at, hole.end)
    out.append(text[at - start :] if at < end else "")
    if not (rest := "".join(out)):
        return None
    field_name = "arguments" if isinstance(event, ToolDelta) else "text"
    return structs.replace(event, **{field_name: rest})

"""Text of a stream is let go only once it can no longer become part of something a rule would find.

Sans-io: frames with their events go in, what may leave comes out, in the same order. Texts are followed per channel (text,
thinking, refusal, arguments of a call; each choice apart), because that is how a client joins them. The original frames leave
untouched where nothing changes, and with other texts in them where only texts do. Where that cannot be, from there on the
events leave, to be encoded again.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import structs

from lockgate.core.events import (
    Abreast,
    BlockGiven,
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RunDelta,
    RunStarted,
    Stray,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.guard import Rules
from lockgate.core.restoring import Restorer
from lockgate.pipeline.beside import Beside, Source
from lockgate.pipeline.blocks import judged, with_values
from lockgate.pipeline.channel import Channel
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.echoes import has_places
from lockgate.pipeline.gathered import Entry, Gathering, Span
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.masked import ends, masked
from lockgate.pipeline.rewritten import rewritten
from lockgate.pipeline.spoken import (
    ENDING,
    PLACES,
    TEXTUAL,
    TURNS,
    Key,
    call_of,
    key_of,
    text_of,
    words,
)

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Release:
    """What may leave: the original frame, or, when that is None, the events."""

    frame: bytes | None
    events: Sequence[Event]


class Holdback:
    """`feed` and `end` raise the `Problem` of a rule that blocks. `restorer`: tokens become values, behind all rules. `source`:
    whose the frames are, where frames are what may leave.
    """

    def __init__(
        self, rules: Rules, ledger: Ledger, restorer: Restorer | None = None, source: Source | None = None
    ) -> None:
        self._rules = rules
        self._restorer = restorer
        self._tokenless: set[tuple[bool, int, int]] = set()
        self._ledger = ledger
        self._channels: dict[Key, Channel] = {}
        self._speaking: dict[int, tuple[Channel | None, int]] = {}
        self._left: list[Channel] = []
        self._queue: deque[Entry] = deque()
        self._gathering = Gathering(self._queue)
        self._aside: list[Channel] = []
        self._turns = 0
        self._changed = self._touched = False
        self._source = source
        self._beside = Beside(rules, ledger, source)

    def feed(self, frame: bytes | None, events: Sequence[Event]) -> list[Release]:
        fixed, changed = events, False
        strays: Sequence[tuple[Stray, bool]] = ()
        if self._rules:
            fixed = [event if isinstance(event, TEXTUAL) else self._whole(event) for event in events]
            changed = any(new is not old for new, old in zip(fixed, events, strict=True))
            if frame:
                more, strays = self._beside.look(frame, events)
                changed |= more
        if self._restorer is not None:
            fixed = [self._valued(event, self._restorer) for event in fixed]
            changed = changed or any(new is not old for new, old in zip(fixed, events, strict=True))
        spans = [self._enter(event) for event in fixed]
        if strays or (self._aside and any(spans)):
            fixed = [*fixed, *(stray for stray, _ in strays)]
            spans += self._follow(strays)
        self._gathering.add(Entry(frame, fixed, spans, changed))
        self._clear(spans, events)
        return self._releases()

    def _follow(self, strays: Sequence[tuple[Stray, bool]]) -> Sequence[Span]:
        """What a frame says beside its texts. A word that frames repeat is over each time; another one is once a frame comes
        without it, and who goes to and fro is not believed there, either.
        """
        spans = [self._enter(stray) for stray, _ in strays]
        here = [span[0] for span in spans if span]
        over = [channel for channel in self._aside if all(channel is not each for each in here)]
        if over and self._turns < TURNS:
            self._turns += 1
            self._left += over
        self._left += [channel for channel, (_, repeated) in zip(here, strays, strict=True) if repeated]
        self._aside = here if self._turns < TURNS else []
        return spans

    def end(self) -> list[Release]:
        for channel in self._channels.values():
            channel.clear(self._rules, self._ledger, final=True)
        self._gathering.close()
        return self._releases()

    def _clear(self, spans: Sequence[Span], events: Sequence[Event]) -> None:
        """Texts that went on, and, when a choice is over, all of it: nothing is new about the others, however many there are."""
        if any(isinstance(event, Finished | Ended) for event in events):
            for key, channel in self._channels.items():
                if channel.pending:
                    channel.clear(self._rules, self._ledger, final=any(ends(event, key[1]) for event in events))
            return
        while self._left:
            self._left.pop().clear(self._rules, self._ledger, final=True)
        for span in spans:
            if span is not None:
                span[0].clear(self._rules, self._ledger, final=False)

    def _whole(self, event: Event) -> Event:
        """An event that comes in one piece: its words are judged at once."""
        if isinstance(event, MediaGiven):
            media = self._said(event.media)
            return event if media is event.media else structs.replace(event, media=media)
        if isinstance(event, BlockGiven):
            block = judged(event.block, "tool_result" if event.result else "opaque", self._rules, self._ledger)
            return event if block is event.block else structs.replace(event, block=block)
        if isinstance(event, RunStarted):
            head = judged(event.head, "opaque", self._rules, self._ledger)
            return event if head is event.head else structs.replace(event, head=head)
        return self._said(event)

    def _valued(self, event: Event, restorer: Restorer) -> Event:
        """A block that comes in one piece, with the client's values."""
        if not isinstance(event, BlockGiven):
            return event
        block = with_values(event.block, restorer)
        return event if block is event.block else structs.replace(event, block=block)

    def _said(self, value: S) -> S:
        found: dict[str, str] = {}
        for name, said in words(value):
            verdicts = self._rules.engine.look(said, self._rules.at("opaque")[1])
            text = Text(said, "opaque", f"response.{name}")
            if verdicts and (holes := decided(text, verdicts, self._rules, self._ledger)):
                found[name] = filled(said, holes)
        return structs.replace(value, **found) if found else value

    def _enter(self, event: Event) -> Span:
        if not isinstance(event, TEXTUAL):
            if (
                isinstance(event, ToolStarted | RunStarted)
                and self._restorer
                and not self._restorer.may_go_to(event.name)
            ):
                self._tokenless.add(call_of(event))
            elif isinstance(event, Abreast):
                self._speaking[event.choice] = None, TURNS
            return None
        kind = type(event)
        key = key_of(event)
        channel = self._channels.get(key)
        if channel is None:
            place, where = PLACES[kind]
            kept = isinstance(event, Stray)
            kept = kept or (isinstance(event, ToolDelta | RunDelta) and call_of(event) in self._tokenless)
            restorer = None if kept else self._restorer
            channel = self._channels[key] = Channel(place, where, restorer=restorer, ends=kind in ENDING)
        if not isinstance(event, Stray):
            self._turn_to(channel, event.choice)
        start = channel.end
        channel.pending += text_of(event)
        return channel, start, channel.end

    def _turn_to(self, channel: Channel, choice: int) -> None:
        """Another text than before may go on: then that one may be over."""
        last, turns = self._speaking.get(choice, (None, 0))
        if last is channel:
            return
        if last is not None and last.ends and turns < TURNS:
            self._left.append(last)
            turns += 1
        self._speaking[choice] = channel, turns

    def _releases(self) -> list[Release]:
        out: list[Release] = []
        while self._queue and all(span is None or span[2] <= span[0].safe for span in self._queue[0].spans):
            entry = self._queue.popleft()
            events = [masked(event, span) for event, span in zip(entry.events, entry.spans, strict=True)]
            frame = self._frame(entry, events)
            if self._changed or self._touched:  # what is said of single tokens would say again what was taken out
                events = [event for event in events if not isinstance(event, LogProbs)]
            out.append(Release(frame, [e for e in events if e is not None]))
        return out

    def _frame(self, entry: Entry, events: Sequence[Event | None]) -> bytes | None:
        """As it came, or with what changed in its texts; None where frames can no longer leave."""
        if entry.frame is None or entry.changed:
            self._changed = True
        if self._changed:
            return None
        touched = any(new is not old for new, old in zip(events, entry.events, strict=True))
        self._touched = self._touched or touched
        if touched and self._source is not None and self._source[0].repeats:
            self._changed = True
            return None
        echoes = self._touched and (
            any(isinstance(event, LogProbs) for event in events) or has_places(entry.frame or b"")
        )
        if not (touched or echoes):
            return entry.frame
        frame = None
        if self._source is not None and entry.frame and not entry.several:
            frame = rewritten(entry.frame, self._source, entry.events, events, echoes=echoes)
        self._changed = frame is None
        return frame

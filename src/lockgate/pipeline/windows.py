"""The text of a stream that waits until guards elsewhere have said what they find in it.

Sans-io, behind the rules that decide here: what those let go comes in, `due` says when somebody has to be asked, `texts` about
what, and with the verdicts `clear` gives what may leave. Nothing leaves before a verdict on it was given.
"""

from collections import deque
from collections.abc import Mapping, Sequence

from msgspec import structs

from lockgate.core.events import BlockGiven, Ended, Event, MediaGiven, RunStarted, ToolStarted
from lockgate.core.guard import NO_RULES, Failed, Finding, Rules, Verdict
from lockgate.pipeline.blocks import words
from lockgate.pipeline.channel import Channel
from lockgate.pipeline.gathered import Entry
from lockgate.pipeline.hold import Holdback, Release
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.verdicts import TAIL

MOST_FRAMES, MOST_CHARACTERS = 65_536, 1_000_000
"""Of one stream that are held, at most: then somebody is asked about what is there."""
NAMES = ("url", "name", "text", "detail")
"""What a picture or a file says in words."""


class Windows(Holdback):
    """`window`: so many characters of a text are asked about at once; 0: all of them, when the stream is over, or when it is
    more than can be held.
    """

    def __init__(self, window: int, ledger: Ledger) -> None:
        super().__init__(NO_RULES, ledger)
        self._window = window or MOST_CHARACTERS
        self._words: list[tuple[Channel, Sequence[str]]] = []
        self._over = self._turn = False

    def take(self, release: Release) -> None:
        spans = [self._enter(event) for event in release.events]
        self._queue.append(Entry(release.frame, release.events, spans))
        self._over = self._over or any(isinstance(event, Ended) for event in release.events)
        full = any(len(s[0].pending) >= self._window + TAIL for s in spans if s is not None)
        self._turn = self._turn or self._over or full or len(self._queue) % MOST_FRAMES == 0

    def close(self) -> None:
        """The upstream said nothing more."""
        self._over = self._turn = True

    @property
    def due(self) -> bool:
        return self._turn and bool(self._queue)

    def texts(self) -> Sequence[tuple[str, str]]:
        """What has to be asked about now, each with its place."""
        running = [(each.before + each.pending, each.place) for each in self._channels.values() if each.pending]
        return running + [(word, channel.place) for channel, words in self._words for word in words]

    def clear(self, rules: Rules) -> list[Release]:
        """What may leave, now that verdicts are there. Raises the `Problem` of a rule that blocks."""
        self._rules = rules
        for channel in self._channels.values():
            if channel.pending:
                self._advance(channel)
        self._queue = deque(self._judged(entry) for entry in self._queue)
        for channel, _ in self._words:
            channel.safe, channel.pending = channel.end, ""
        self._words, self._turn = [], False
        return self._releases()

    def _advance(self, channel: Channel) -> None:
        text, start = channel.before + channel.pending, len(channel.before)
        verdicts = self._rules.engine.look(text, self._rules.at(channel.place)[1])
        end = len(text) if self._over else max(start, len(text) - TAIL)
        end = _before_what_goes_on(verdicts, start, end)
        if end > start:
            channel.advance(text, end, _cut(verdicts, end), self._rules, self._ledger)

    def _judged(self, entry: Entry) -> Entry:
        events = [self._whole(event) if _words(event) else event for event in entry.events]
        changed = any(new is not old for new, old in zip(events, entry.events, strict=True))
        return Entry(entry.frame, events, entry.spans, changed=True) if changed else entry

    def _enter(self, event: Event) -> tuple[Channel, int, int] | None:
        """Words that come in one piece are texts of their own."""
        words = _words(event)
        if not words:
            return super()._enter(event)
        result = isinstance(event, BlockGiven) and event.result
        channel = Channel("tool_result" if result else "opaque", "response.word", pending=".")
        self._words.append((channel, words))
        return channel, 0, channel.end


def _words(event: Event) -> Sequence[str]:
    if isinstance(event, ToolStarted):
        return (event.name,) if event.name else ()
    if isinstance(event, MediaGiven):
        said = [getattr(event.media, name) for name in NAMES]
        return [word for word in said if word and not word.startswith("data:")]
    if isinstance(event, BlockGiven | RunStarted):
        return tuple(words(event.block if isinstance(event, BlockGiven) else event.head))
    return ()


def _before_what_goes_on(verdicts: Mapping[int, Verdict], start: int, end: int) -> int:
    """What is found across the end waits for the next window, unless it is all there is."""
    for found in _findings(verdicts):
        if start < found.start < end < found.end:
            end = found.start
    return end


def _cut(verdicts: Mapping[int, Verdict], end: int) -> Mapping[int, Verdict]:
    """No finding goes beyond the end: a verdict on all of a text is one on what leaves of it now."""
    cut: dict[int, Verdict] = {}
    for number, found in verdicts.items():
        if isinstance(found, Failed):
            cut[number] = found
        else:
            cut[number] = [structs.replace(f, end=min(f.end, end)) for f in found if f.start < end]
    return cut


def _findings(verdicts: Mapping[int, Verdict]) -> Sequence[Finding]:
    """Those that begin last come first."""
    every = [f for found in verdicts.values() if not isinstance(found, Failed) for f in found]
    return sorted(every, key=lambda finding: -finding.start)

"""The guarded lane: a stream whose text waits until no rule can find it any more."""

from collections.abc import Sequence

from lockgate.core import seals
from lockgate.core.answer import Usage
from lockgate.core.events import Ended, Event, Finished, Started, Stray
from lockgate.core.guard import Rules
from lockgate.core.problem import Kind, Problem
from lockgate.core.restoring import Restorer
from lockgate.pipeline.hold import Holdback, Release
from lockgate.pipeline.lanes import SEALED, Sides, heard, noted
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import told
from lockgate.pipeline.spoken import kept
from lockgate.pipeline.written import said, tokens


class Guarded:
    """The guarded lane without its input and output. The encoder sees every event that leaves, so that it can take over
    from the original frames at any point; what it says before that is not used. `anew`: no original frame leaves.
    """

    def __init__(
        self, sides: Sides, rules: Rules, ledger: Ledger, restorer: Restorer | None = None, *, anew: bool = False
    ) -> None:
        self._framing, self._decoder, self._encoder = sides.machines()
        self._sides, self._ledger = sides, ledger
        self._rules = rules
        self._same = sides.same and not anew
        self._maker = "" if sides.same else sides.source.name
        source = (sides.source, sides.asked) if self._same else None
        self._hold = Holdback(rules, ledger, restorer, source)
        self._opening = Started(sides.ask.request_id, sides.ask.model, sides.ask.created)
        self._open: set[int] = set()
        self._started = False
        self._said = self._events = 0
        self._ready: list[bytes] = []

    @property
    def over(self) -> bool:
        """Nothing is held back behind the last event."""
        return self._ledger.heard_end

    def feed(self, chunk: bytes) -> bytes:
        self._frames(self._framing.feed(chunk))
        return self._taken()

    def end(self) -> bytes:
        self._frames(self._framing.end())
        closing = [self._noted(event) for event in self._decoder.end()]
        # The end of the connection is no frame: what it means is re-encoded only if frames are, too.
        self._write(self._hold.feed(b"" if self._same else None, closing))
        self._write(self._hold.end())
        return self._taken()

    def fail(self, problem: Problem) -> bytes:
        """What was cleared, then the error; or, when a rule blocked, the dialect's word for a filtered answer and its end."""
        ready = self._taken()
        if problem.kind is not Kind.BLOCKED:
            problem = self._told(problem)
        if problem.kind is not Kind.BLOCKED:
            return ready + self._encoder.fail(problem)
        opening: list[Event] = [] if self._started else [self._opening]
        closing = [Finished("filtered", choice) for choice in sorted(self._open or {0})]
        ended = Ended(self._ledger.usage or Usage())
        return ready + b"".join([self._encoder.feed(event) for event in (*opening, *closing, ended)])

    def _told(self, problem: Problem) -> Problem:
        try:
            return told(problem, self._rules, self._ledger)
        except Problem as block:
            return block

    def close(self) -> None:
        self._ledger.written = tokens(self._said, self._events)
        if not self._same:
            self._ledger.lose(self._encoder.lost)

    def _frames(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            events = [self._noted(event) for event in heard(self._decoder, frame, self._sides, self._ledger)]
            for event in events:
                if size := said(event):
                    self._said += size
                    self._events += 1
            self._write(self._hold.feed(frame if self._same else None, events))

    def _noted(self, event: Event) -> Event:
        if self._maker and isinstance(event, SEALED):
            return seals.told(event, self._maker)
        return noted(event, self._ledger)

    def _taken(self) -> bytes:
        ready, self._ready = b"".join(self._ready), []
        return ready

    def _write(self, releases: Sequence[Release]) -> None:
        for release in releases:
            events = release.events if release.frame is None else kept(release.events)
            encoded = b"".join([self._encoder.feed(event) for event in events])
            self._ready.append(encoded if release.frame is None else release.frame)
            for event in release.events:
                self._follow(event)

    def _follow(self, event: Event) -> None:
        if isinstance(event, Started):
            self._started = True
        elif isinstance(event, Finished):
            self._open.discard(event.choice)
        elif not isinstance(event, Ended | Stray):
            self._open.add(event.choice)

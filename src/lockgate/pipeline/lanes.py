"""The ways of a streamed answer: verbatim, translated, guarded. Each ends with the dialect's own end, or its error.

verbatim     the same dialect, no rules: whole frames go on as they came
translated   frames -> events -> frames of the client's dialect
guarded      as either of them, but text is held back until no rule can find it any more
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask, Decoder, Dialect, Encoder, Framing
from lockgate.core.events import Ended, Event, Finished, Started
from lockgate.core.guard import Rule
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.hold import Holdback, Release
from lockgate.pipeline.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Sides:
    """Where the stream comes from and where it goes: each with its dialect and what it was asked."""

    source: Dialect
    asked: Ask
    target: Dialect
    ask: Ask

    @property
    def same(self) -> bool:
        return self.source is self.target

    def machines(self) -> tuple[Framing, Decoder, Encoder]:
        return self.source.framing(self.asked), self.source.decoder(self.asked), self.target.encoder(self.ask)


def cut_short() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")


def nonsense() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream sent something that cannot be read", source="upstream")


async def verbatim(chunks: AsyncIterator[bytes], dialect: Dialect, ask: Ask, ledger: Ledger) -> AsyncIterator[bytes]:
    """Only whole frames leave, so that an error event of ours is never glued to half a frame of theirs."""
    framing, watch = dialect.framing(ask), dialect.watch()
    try:
        async for chunk in chunks:
            frames = framing.feed(chunk)
            for frame in frames:
                watch.feed(frame)
            if frames:
                yield frames[0] if len(frames) == 1 else b"".join(frames)
        for frame in framing.end():
            watch.feed(frame)
            yield frame
        if watch.failed is not None:
            ledger.problem, ledger.end = watch.failed, "upstream_error"
        elif not watch.ended:
            raise cut_short()
    except (Problem, ValueError) as error:
        yield dialect.encoder(ask).fail(_upset(error, ledger))
    finally:
        ledger.counted(watch.usage)


async def translated(chunks: AsyncIterator[bytes], sides: Sides, ledger: Ledger) -> AsyncIterator[bytes]:
    framing, decoder, encoder = sides.machines()
    try:
        async for chunk in chunks:
            if out := b"".join([encoder.feed(event) for event in _events(framing, decoder, chunk, ledger)]):
                yield out
        rest = [event for frame in framing.end() for event in decoder.feed(frame)]
        if out := b"".join([encoder.feed(_noted(event, ledger)) for event in (*rest, *decoder.end())]):
            yield out
    except (Problem, ValueError) as error:
        yield encoder.fail(_upset(error, ledger))
    finally:
        ledger.lose(encoder.lost)


async def guarded(
    chunks: AsyncIterator[bytes], sides: Sides, rules: Sequence[Rule], ledger: Ledger
) -> AsyncIterator[bytes]:
    lane = Guarded(sides, rules, ledger)
    try:
        async for chunk in chunks:
            if out := lane.feed(chunk):
                yield out
        if out := lane.end():
            yield out
    except (Problem, ValueError) as error:
        if isinstance(error, Problem) and error.kind is Kind.BLOCKED:
            ledger.problem, ledger.end = error, "blocked"
            yield lane.stopped()
        else:
            yield lane.failed(_upset(error, ledger))
    finally:
        if not sides.same:
            ledger.lose(lane.encoder.lost)


class Guarded:
    """The guarded lane without its input and output. The encoder sees every event that leaves, so that it can take over
    from the original frames at any point; what it says before that is not used.
    """

    def __init__(self, sides: Sides, rules: Sequence[Rule], ledger: Ledger) -> None:
        self._framing, self._decoder, self.encoder = sides.machines()
        self._ledger = ledger
        self._hold = Holdback(rules, ledger)
        self._same = sides.same
        self._opening = Started(sides.ask.request_id, sides.ask.model, sides.ask.created)
        self._open: set[int] = set()
        self._started = False
        self._ready: list[bytes] = []

    def feed(self, chunk: bytes) -> bytes:
        self._frames(self._framing.feed(chunk))
        return self._taken()

    def end(self) -> bytes:
        self._frames(self._framing.end())
        closing = [_noted(event, self._ledger) for event in self._decoder.end()]
        # The end of the connection is no frame: what it means is re-encoded only if frames are, too.
        self._write(self._hold.feed(b"" if self._same else None, closing))
        self._write(self._hold.end())
        return self._taken()

    def stopped(self) -> bytes:
        """A rule blocked: what was cleared, then the dialect's word for a filtered answer, then its end."""
        opening: list[Event] = [] if self._started else [self._opening]
        closing = [Finished("filtered", choice) for choice in sorted(self._open or {0})]
        ended = Ended(self._ledger.usage or Usage())
        return self._taken() + b"".join([self.encoder.feed(event) for event in (*opening, *closing, ended)])

    def failed(self, problem: Problem) -> bytes:
        return self._taken() + self.encoder.fail(problem)

    def _frames(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            events = [_noted(event, self._ledger) for event in self._decoder.feed(frame)]
            self._write(self._hold.feed(frame if self._same else None, events))

    def _taken(self) -> bytes:
        ready, self._ready = b"".join(self._ready), []
        return ready

    def _write(self, releases: Sequence[Release]) -> None:
        for release in releases:
            encoded = b"".join([self.encoder.feed(event) for event in release.events])
            self._ready.append(encoded if release.frame is None else release.frame)
            for event in release.events:
                self._follow(event)

    def _follow(self, event: Event) -> None:
        if isinstance(event, Started):
            self._started = True
        elif isinstance(event, Finished):
            self._open.discard(event.choice)
        elif not isinstance(event, Ended):
            self._open.add(event.choice)


def _events(framing: Framing, decoder: Decoder, chunk: bytes, ledger: Ledger) -> list[Event]:
    return [_noted(event, ledger) for frame in framing.feed(chunk) for event in decoder.feed(frame)]


def _noted(event: Event, ledger: Ledger) -> Event:
    if isinstance(event, Started | Ended):
        ledger.counted(event.usage)
    return event


def _upset(error: Problem | ValueError, ledger: Ledger) -> Problem:
    """What a stream broke on, for the record and the client. A `ValueError` is a frame beyond its limit."""
    problem = error if isinstance(error, Problem) else nonsense()
    ledger.problem, ledger.end = problem, "upstream_error"
    return problem

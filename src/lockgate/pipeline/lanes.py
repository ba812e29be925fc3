"""The ways of a streamed answer: verbatim, translated, guarded. Sans-io: chunks in, what may leave out.

    Verbatim     the same dialect, no rules: whole frames go on as they came
    Translated   frames -> events -> frames of the client's dialect
    Guarded      as either of them, but text is held back until no rule can find it any more

`feed` and `end` raise a `Problem` or a `ValueError` when the upstream broke; `fail` then gives the dialect's error event.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from lockgate.core import seals
from lockgate.core.dialect import Ask, Decoder, Dialect, Encoder, Framing
from lockgate.core.events import Ended, Event, Started, ThinkingSigned, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.written import LOOKED, said, tokens, written


class Sides(Struct, frozen=True):
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


SEALED = (ThinkingSigned, ToolStarted)
_COUNTED = (Started, Ended)
"""Events with token counts."""


class Lane(Protocol):
    """What a stream needs of its lane. After an exception only `fail` and `close` are called."""

    @property
    def over(self) -> bool:
        """What `feed` just gave is the end: nothing of the answer comes behind it."""
        ...

    def feed(self, chunk: bytes) -> bytes: ...
    def end(self) -> bytes: ...
    def fail(self, problem: Problem) -> bytes: ...
    def close(self) -> None:
        """The stream is over, however it ended: notes for the ledger."""
        ...


def cut_short() -> Problem:
    return Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")


def counted(frame: bytes, sides: Sides, ledger: Ledger) -> None:
    """What a frame counts that says an error: it is paid all the same."""
    ledger.counted(sides.source.unary_usage(sides.source.payload(frame, sides.asked)))


def heard(decoder: Decoder, frame: bytes, sides: Sides, ledger: Ledger) -> Sequence[Event]:
    """What the upstream says in a frame."""
    try:
        return decoder.feed(frame)
    except Problem:
        counted(frame, sides, ledger)
        raise


class Verbatim:
    """Only whole frames leave, so that an error event of ours is never glued to half a frame of theirs."""

    __slots__ = ("_first", "_frames", "_framing", "_ledger", "_sides", "_size", "_split", "_watch", "over")

    def __init__(self, sides: Sides, ledger: Ledger) -> None:
        self._sides, self._ledger = sides, ledger
        self._framing, self._watch = sides.source.framing(sides.asked), sides.source.watch()
        self._split = self._framing.feed
        self._first: list[bytes] = []
        self._frames = self._size = 0
        self.over = False

    def feed(self, chunk: bytes) -> bytes:
        frames = self._split(chunk)
        look = self._watch.feed
        for frame in frames:
            look(frame)
        self.over = self._watch.over
        if self._watch.failed is not None:
            self._failed(self._watch.failed, frames)
        if self._frames < LOOKED:
            self._first += frames
        self._frames += len(frames)
        self._size += len(chunk)
        return frames[0] if len(frames) == 1 else b"".join(frames)

    def end(self) -> bytes:
        rest = self._framing.end()
        for frame in rest:
            self._watch.feed(frame)
        if self._watch.failed is not None:
            self._failed(self._watch.failed, rest)
        elif not self._watch.ended:
            raise cut_short()
        return b"".join(rest)

    def _failed(self, problem: Problem, frames: Sequence[bytes]) -> None:
        """Noted at once: some upstreams say their end behind an error, too, and then nobody reads on."""
        self._ledger.problem, self._ledger.end = problem, "upstream_error"
        for frame in frames:
            counted(frame, self._sides, self._ledger)

    def fail(self, problem: Problem) -> bytes:
        return self._sides.target.encoder(self._sides.ask).fail(problem)

    def close(self) -> None:
        usage, whole = self._watch.usage, self._watch.ended
        self._ledger.counted(usage)
        self._ledger.whole = whole
        if not whole or usage is None or not usage.output:
            source, asked = self._sides.source, self._sides.asked
            self._ledger.written = written(source, asked, self._first[:LOOKED], self._frames, self._size)


class Translated:
    """Every event of the upstream, in the words of the client's dialect."""

    __slots__ = ("_decoder", "_encoder", "_events", "_framing", "_ledger", "_maker", "_said", "_sides", "over")

    def __init__(self, sides: Sides, ledger: Ledger) -> None:
        self._framing, self._decoder, self._encoder = sides.machines()
        self._sides, self._ledger, self._maker = sides, ledger, sides.source.name
        self._said = self._events = 0
        self.over = False

    def feed(self, chunk: bytes) -> bytes:
        decode, encode = self._decoder.feed, self._encoder.feed
        out = []
        for frame in self._framing.feed(chunk):
            try:
                events = decode(frame)
            except Problem:
                counted(frame, self._sides, self._ledger)
                raise
            for event in events:
                if isinstance(event, _COUNTED):
                    noted(event, self._ledger)
                    self.over = self._ledger.heard_end
                elif size := said(event):
                    self._said += size
                    self._events += 1
                elif isinstance(event, SEALED):
                    event = seals.told(event, self._maker)
                out.append(encode(event))
        return out[0] if len(out) == 1 else b"".join(out)

    def end(self) -> bytes:
        rest = [event for frame in self._framing.end() for event in self._decoder.feed(frame)]
        events = [seals.told(event, self._maker) for event in (*rest, *self._decoder.end())]
        return b"".join([self._encoder.feed(noted(event, self._ledger)) for event in events])

    def fail(self, problem: Problem) -> bytes:
        return self._encoder.fail(problem)

    def close(self) -> None:
        self._ledger.lose(self._encoder.lost)
        self._ledger.written = tokens(self._said, self._events)


def noted(event: Event, ledger: Ledger) -> Event:
    """The event; its counts are in the ledger now, and that it was the last one."""
    if isinstance(event, _COUNTED):
        ledger.counted(event.usage)
        ledger.heard_end = isinstance(event, Ended)
    return event

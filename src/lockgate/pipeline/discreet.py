"""Around any lane: frames of a stream leave once no secret is in them, neither in one frame nor spread over the texts of many."""

from collections.abc import Sequence
from contextlib import suppress
from typing import final

import msgspec

from lockgate.core.dialect import Ask, Dialect
from lockgate.core.egress import Egress, Reading
from lockgate.core.events import Stray
from lockgate.core.guard import NO_RULES
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.alarm import leak
from lockgate.pipeline.beside import Beside
from lockgate.pipeline.frame_shape import Shape, around
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.spoken import TEXTUAL, Key, Textual, key_of, text_of

HELD = 64
"""Frames that wait at most for the text to go on: other choices may go on for long."""

_encode = msgspec.json.Encoder().encode


@final
class Discreet:
    """Frames whose text may be the beginning of a secret wait until it is known.

    Most frames of a stream differ in one text only. What stands around it was looked at once, and is then recognised as a
    whole: that takes half a microsecond. All others are decoded, in the client's own dialect.
    """

    __slots__ = (
        "_beside",
        "_decoder",
        "_egress",
        "_framing",
        "_held",
        "_key",
        "_lane",
        "_ledger",
        "_readings",
        "_shape",
        "_text",
        "_waiting",
    )

    def __init__(self, lane: Lane, dialect: Dialect, ask: Ask, egress: Egress, ledger: Ledger) -> None:
        self._lane, self._egress, self._ledger = lane, egress, ledger
        self._framing, self._decoder = dialect.framing(ask), dialect.decoder(ask)
        self._beside = Beside(NO_RULES, ledger, (dialect, ask))
        self._readings: dict[Key, Reading] = {}
        self._waiting: set[Key] = set()
        self._held: list[bytes] = []
        self._key: Key | None = None
        self._shape: Shape | None = None
        self._text: Reading | None = None

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        out = self._lane.feed(chunk)
        return self._passed(out) if out else out

    def end(self) -> bytes:
        out = self._lane.end()
        if out:
            self._look(out)
        return self._released(out)

    def fail(self, problem: Problem) -> bytes:
        """What a lane was ready to say before it broke is looked at as all else, and so is what it says now."""
        if problem.kind is not Kind.LEAK:
            out = self._lane.fail(problem)
            try:
                self._check(problem.detail)
                self._look(out)
            except Problem as found:
                problem = self._ledger.problem = found
                self._ledger.end = "blocked"
            else:
                return self._released(out)
        self._held.clear()
        return self._lane.fail(problem)

    def _check(self, detail: str) -> None:
        if label := self._egress.find(detail.encode()):
            raise leak(label, "stream", self._ledger)

    def close(self) -> None:
        self._lane.close()

    def _passed(self, out: bytes) -> bytes:
        reading = self._recognised(out)
        if reading is None:
            self._look(out)
        elif not reading.waiting and not self._held:
            return out
        if self._waiting and len(self._held) < HELD and not self._lane.over:
            self._held.append(out)
            return b""
        return self._released(out)

    def _recognised(self, out: bytes) -> Reading | None:
        """What reads the one text in it, and has read it, if all around that text is known."""
        reading, shape = self._text, self._shape
        inner = shape.inner(out) if shape is not None else None
        if reading is None or inner is None or self._key is None:
            return None
        text, filler = inner
        label = reading.feed(text) or (self._egress.find(filler) if filler else "")
        if label:
            raise leak(label, "stream", self._ledger)
        if reading.waiting or self._waiting:
            self._noted(reading, self._key)
        return reading

    def _released(self, out: bytes) -> bytes:
        if not self._held:
            return out
        held, self._held = b"".join(self._held), []
        return held + out

    def _look(self, out: bytes) -> None:
        """At every byte, and at every text. What cannot be read as frames of the dialect was looked at as bytes all the same."""
        label = self._egress.find(out)
        frames: Sequence[bytes] = ()
        texts: list[Textual] = []
        others: list[tuple[Stray, bool]] = []
        with suppress(Problem, ValueError):
            frames = self._framing.feed(out)
            for frame in frames:
                events = self._decoder.feed(frame)
                texts += [event for event in events if isinstance(event, TEXTUAL)]
                others += self._beside.strays(frame, events)
        for event in texts:
            label = label or self._read(event)
        for stray, repeated in others:
            label = label or self._read(stray)
            if repeated:  # a word that stands in every frame goes on with nothing
                self._waiting.discard(key_of(stray))
        if label:
            raise leak(label, "stream", self._ledger)
        if len(texts) == 1 == len(frames) and not others:
            self._learn(out, texts[0])

    def _read(self, event: Textual) -> str:
        key = key_of(event)
        reading = self._reading(key)
        label = reading.feed(text_of(event).encode("utf-8", "surrogatepass"))
        self._noted(reading, key)
        return label

    def _noted(self, reading: Reading, key: Key) -> None:
        """Which texts wait is known, and not looked for: there may be very many."""
        (self._waiting.add if reading.waiting else self._waiting.discard)(key)

    def _reading(self, key: Key) -> Reading:
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = self._egress.reading()
        return reading

    def _learn(self, out: bytes, event: Textual) -> None:
        shape = around(out, _encode(text_of(event))[1:-1], self._shape)
        if shape is not None:
            self._key = key_of(event)
            self._shape, self._text = shape, self._reading(self._key)

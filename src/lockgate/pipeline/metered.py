"""Around any lane of a stream that was reserved tokens: counts what comes, and ends it when it goes on beyond that.

An upstream was told how long the answer may be, so this is for one that does not heed it. What is counted for that is
less than the truth, never more: a frame with text is a token at least, and a token is SPAN bytes at most, taken over a
whole answer. What was written, for the record, the lane tells, as of every stream (`written`).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import final

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta
from lockgate.core.exchange import Call
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.written import tokens

SLACK = 64
"""Frames without text: the first ones and the last ones, and signs of life."""
SPAN = 16
"""Bytes of text in a token, at most."""
LARGEST = 700
"""Bytes around the text of a frame, at most."""
AGAIN = 4
"""Times that a stream says a text which says it again: its deltas, and where its part, its item and the answer end."""


class TooLong(Problem):
    """Not for the client: its stream ends as if the answer were complete."""

    def __init__(self) -> None:
        super().__init__(Kind.LIMITED, "the answer is longer than was reserved for it", source="upstream")


@final
class Shadow:
    """An encoder that is told all that left, where the end of a stream says again what was said in it."""

    __slots__ = ("_decoder", "_framing", "encoder")

    def __init__(self, dialect: Dialect, ask: Ask) -> None:
        self._framing, self._decoder, self.encoder = dialect.framing(ask), dialect.decoder(ask), dialect.encoder(ask)

    def feed(self, out: bytes) -> None:
        with suppress(Problem, ValueError):
            for frame in self._framing.feed(out):
                for event in self._decoder.feed(frame):
                    if not isinstance(event, Finished | Ended):
                        self.encoder.feed(event)


@final
class Metered:
    """Frames are counted as they leave, in the client's own dialect."""

    __slots__ = (
        "_answers",
        "_ask",
        "_dialect",
        "_first",
        "_frames",
        "_hidden",
        "_kept",
        "_lane",
        "_last",
        "_least",
        "_ledger",
        "_most",
        "_shadow",
        "_size",
        "_span",
    )

    def __init__(self, lane: Lane, call: Call, most: int, ledger: Ledger) -> None:
        self._lane, self._dialect, self._ask, self._ledger = lane, call.dialect, call.ask, ledger
        self._most, self._answers = most, call.dialect.wanted(call.body).answers
        self._hidden = None if call.ask.usage else call.dialect.only_counts
        self._frames = self._size = 0
        self._least = LARGEST
        self._first = self._last = self._kept = b""
        self._shadow = Shadow(call.dialect, call.ask) if call.dialect.repeats else None
        self._span = SPAN if self._shadow is None else SPAN * AGAIN

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        out = self._lane.feed(chunk)
        if self._hidden is not None and (b'"usage":{' in out or b'"usage": {' in out):
            out = self._without_counts(out, self._hidden)
        if not out:
            return out
        self._count(out, _frames(out))
        if self._beyond() and not self._lane.over:
            self._kept = self._within(out)
            self._follow(self._kept)
            raise TooLong
        self._follow(out)
        return out

    def _follow(self, out: bytes) -> None:
        if self._shadow is not None:
            self._shadow.feed(out)

    def _count(self, out: bytes, frames: int) -> None:
        size = len(out)
        self._frames += frames
        self._size += size
        if frames == 1 and size < self._least:
            self._least = size
        self._first = self._first or out
        self._last = out

    def _without_counts(self, out: bytes, hidden: Callable[[bytes], bool]) -> bytes:
        """The client did not ask for them: we did, to charge them."""
        framing = self._dialect.framing(self._ask)
        frames = (*framing.feed(out), *framing.end())
        return b"".join([frame for frame in frames if not hidden(frame)])

    def _within(self, out: bytes) -> bytes:
        """As many of the frames as there may be."""
        self._frames -= _frames(out)
        self._size -= len(out)
        kept = []
        for frame in self._dialect.framing(self._ask).feed(out):
            self._count(frame, _frames(frame))
            if self._beyond():
                break
            kept.append(frame)
        return b"".join(kept)

    def end(self) -> bytes:
        return self._lane.end()

    def fail(self, problem: Problem) -> bytes:
        if not isinstance(problem, TooLong):
            return self._lane.fail(problem)
        self._ledger.problem, self._ledger.end = None, "budget"
        return self._kept + self._cut()

    def close(self) -> None:
        self._lane.close()

    def _beyond(self) -> bool:
        most = self._most
        return self._frames > most + SLACK or self._size > self._frames * LARGEST + most * self._span

    def _estimate(self) -> int:
        text = self._size - self._frames * (self._least - 1)
        return tokens(text, self._frames)

    def _cut(self) -> bytes:
        """The dialect's end for an answer that is long enough. The encoder is told how the stream began and where it is,
        so that it ends that one; what it says to that is not used.
        """
        encoder = self._dialect.encoder(self._ask) if self._shadow is None else self._shadow.encoder
        for event in self._known() if self._shadow is None else ():
            encoder.feed(event)
        written = Usage(self._ledger.usage.input if self._ledger.usage else 0, self._estimate())
        ending: list[Event] = [Finished("length", choice) for choice in range(self._answers)]
        ending.append(Ended(written))
        return b"".join([encoder.feed(event) for event in ending])

    def _known(self) -> list[Event]:
        decoder, framing = self._dialect.decoder(self._ask), self._dialect.framing(self._ask)
        events: list[Event] = []
        with suppress(Problem, ValueError):
            for frame in framing.feed(self._first + (self._last if self._last is not self._first else b"")):
                events += decoder.feed(frame)
        begun: list[Event] = [event for event in events if not isinstance(event, Finished | Ended)]
        if not any(isinstance(event, Started) for event in begun):
            begun.insert(0, Started("", ""))
        begun += [TextDelta("", choice) for choice in range(self._answers)]
        return begun


def _frames(out: bytes) -> int:
    """Lines of an event stream with data; documents of one by line; elements of an array."""
    if out.startswith((b"data:", b"event:")):
        return out.count(b"\ndata:") + out.startswith(b"data:")
    return out.count(b'"candidates"') or out.count(b"\n")

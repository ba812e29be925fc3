"""Texts as columns of numbers that are made ready for the classifier: a column a token."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from lockgate.guards.injection.artifact import Model
from lockgate.guards.injection.features import EDGE, Floats
from lockgate.guards.injection.known import (
    BEGINNING,
    COUNT,
    EDGES,
    NUMBER,
    PORTION,
    SHORT,
    SIGN,
    Marks,
    Numbers,
    Pieces,
    Table,
    Tokens,
)
from lockgate.guards.injection.slices import slices
from lockgate.guards.injection.tokens import tokens

__all__ = ("BEGINNING", "CONCEPT", "SIGN", "Columns", "Lexicon", "Marks", "Table", "joined")

KNOWN = 40_000
"""Tokens that are remembered; then it begins anew, so that a client cannot fill the memory."""
FEW = 1536
"""So many characters are looked up piece by piece: looking up all at once is a few steps more, and none for each."""
CONCEPT = 0x3F
"""The part of a token's marks that is its concept."""
_BLANK = ord(" ")
_BEFORE, _BETWEEN, _BEHIND = f"{EDGES} ", f" {EDGES} ", f" {EDGES} " + "\0" * SHORT
_TO_FIRST, _TO_SECOND = (
    np.array([max(most - size, 0) * 8 for size in range(SHORT + 1)], dtype=np.uint64) for most in (8, 16)
)
"""Of a piece by its length, by how much its first eight characters and the others are shifted: what is no part of it falls out."""
_SIZE = (1 << COUNT) - 1
_COUNTED: Numbers = np.arange(4096)
_EDGES = b"".join(map(NUMBER.pack, range(EDGE)))
"""Their columns are the first."""

Spans = Sequence[tuple[int, int]]


class Columns(Struct, frozen=True):
    """Of tokens: word, stem and kind as they are mixed, what these weigh alone, and marks."""

    said: Table
    alone: Floats
    marks: Marks

    def part(self, begin: int, end: int) -> "Columns":
        return Columns(self.said[:, begin:end], self.alone[begin:end], self.marks[begin:end])


def joined(parts: Sequence[Columns]) -> Columns:
    return Columns(
        np.concatenate([each.said for each in parts], axis=1),
        np.concatenate([each.alone for each in parts]),
        np.concatenate([each.marks for each in parts]),
    )


class Lexicon:
    """For one model. A client cannot fill the memory: what is known is bounded, and begins anew."""

    def __init__(self, model: Model, most: int = KNOWN, few: int = FEW) -> None:
        self._model, self._most, self._few = model, most, few
        self._anew()
        self.edges = self._taken(_read(_EDGES))

    def columns(self, texts: Sequence[str]) -> tuple[Columns, Spans]:
        """Of texts behind each other, with edges before each and behind all; and from where to where each text has its own, counted
        without the first edges.
        """
        size = sum(map(len, texts))
        if size > PORTION:
            return self._of_long(texts)
        self._begin()
        if size > self._few and _are_plain(texts):
            every, spans = self._at_once(texts)
            return self._taken(every), spans
        parts: list[bytes] = []
        spans, start = [], 0
        for text in texts:
            own = self._numbers(text)
            parts += (_EDGES, own)
            end = start + len(own) // NUMBER.size
            spans.append((start, end))
            start = end + EDGE
        parts.append(_EDGES)  # a sum over channels is made row by row only where there are several columns
        return self._taken(_read(b"".join(parts))), spans

    def within(self, text: str) -> Columns:
        """Of a part of a text, without edges."""
        self._begin()
        if len(text) <= PORTION:
            if len(text) > self._few and _is_plain(text):
                return self._taken(self._at_once([text])[0][EDGE:-EDGE])
            return self._taken(_read(self._numbers(text)))
        own, parts = tokens(text), [self.edges.part(0, 0)]
        for start in range(0, len(own), PORTION):
            self._begin()
            parts.append(self._taken(_read(b"".join(map(self._tokens.__getitem__, own[start : start + PORTION])))))
        return joined(parts)

    def _of_long(self, texts: Sequence[str]) -> tuple[Columns, Spans]:
        parts, spans, size = [self.edges], list[tuple[int, int]](), 0
        for text in texts:
            begin = size
            for piece in slices(text):
                parts.append(self.within(piece))
                size += parts[-1].marks.size
            parts.append(self.edges)
            spans.append((begin, size))
            size += EDGE
        return joined(parts), spans

    def _begin(self) -> None:
        if len(self._tokens) > self._most or self._pieces.full:
            self._anew()

    def _anew(self) -> None:
        self._tokens = Tokens(self._model, self._most)
        self._pieces = Pieces(self._tokens)

    def _taken(self, at: Numbers | Table) -> Columns:
        known = self._tokens
        return Columns(known.said.take(at, axis=1), known.alone.take(at), known.marks.take(at))

    def _numbers(self, text: str) -> bytes:
        if text.isascii():
            return b"".join(map(self._pieces.__getitem__, text.split(" ")))
        # Other scripts have few blanks, and what stands between them hardly ever comes again.
        return b"".join(map(self._tokens.__getitem__, tokens(text)))

    def _at_once(self, texts: Sequence[str]) -> tuple[Table, Spans]:
        """Of plain texts, the numbers of all their tokens with edges before each and behind all, and the spans."""
        data = (_BEFORE + _BETWEEN.join(texts) + _BEHIND).encode("latin-1")
        ends = (np.frombuffer(data, dtype=np.uint8) == _BLANK).nonzero()[0]
        starts = np.empty_like(ends)
        starts[0] = 0
        np.add(ends[:-1], 1, out=starts[1:])
        sizes = ends - starts
        short = sizes <= SHORT
        np.minimum(sizes, SHORT, out=sizes)
        eights = np.ndarray((len(data) - 7,), np.dtype("<u8"), data, 0, (1,)).astype(np.uint64)
        first = eights.take(starts) << _TO_FIRST.take(sizes)
        second = eights[8:].take(starts) << _TO_SECOND.take(sizes)
        at, there = self._pieces.short(first, second)
        there &= short
        if other := (~there).nonzero()[0].tolist():
            spans = zip(starts[other].tolist(), ends[other].tolist(), strict=True)
            at[other] = self._pieces.other([data[begin:end].decode() for begin, end in spans])
        return self._spread(at)

    def _spread(self, at: Numbers) -> tuple[Table, Spans]:
        """Places of pieces as numbers, and the spans between edges."""
        counts = at & _SIZE
        ends = counts.cumsum()
        edges = ends.take((at == EDGE).nonzero()[0]).tolist()  # theirs is the first place
        at >>= COUNT
        at -= ends
        at += counts
        size = int(ends[-1])
        every = at.repeat(counts)
        every += _COUNTED[:size] if size <= _COUNTED.size else np.arange(size)
        return self._pieces.numbers.take(every), [(begin - EDGE, end - 2 * EDGE) for begin, end in pairwise(edges)]


def _read(numbers: bytes) -> Table:
    return np.frombuffer(numbers, dtype=np.uint32)


def _is_plain(text: str) -> bool:
    """Then a piece is other than all others as a number, too."""
    return text.isascii() and "\0" not in text


def _are_plain(texts: Sequence[str]) -> bool:
    return _is_plain("".join(texts))

"""Texts are read step by step: others have their turn between two of them, and words need not be known all at once.

What tokens weigh is worked out for many of them at a time.
"""

from collections.abc import Generator, Iterator, Sequence

import numpy as np

from lockgate.guards.injection.features import EDGE, Floats
from lockgate.guards.injection.lexicon import Columns, Lexicon, Marks, Spans, joined
from lockgate.guards.injection.slices import slices
from lockgate.guards.injection.weighing import LARGE, Weighing

PORTION = 16_384
"""Characters of several texts that are looked up in one step."""
Weighed = tuple[Floats, Marks, Spans]
"""What each token weighs, the marks of all with edges before and behind, and where each text has its own."""


class _Row:
    """Columns behind each other, edges before all of them."""

    def __init__(self, lexicon: Lexicon, weighing: Weighing) -> None:
        self._edges, self._weighing = lexicon.edges, weighing
        self._waiting, self._size = [self._edges], 0
        self._marks: list[Marks] = [self._edges.marks]
        self._weights: list[Floats] = []

    def add(self, own: Columns) -> None:
        self._waiting.append(own)
        self._size += own.marks.size
        if self._size >= LARGE:
            self._weigh()

    def _weigh(self) -> None:
        # Sums over channels are made alike where there are several columns: edges behind these.
        both = joined([*self._waiting, self._edges])
        self._weights.append(self._weighing.beside(both)[: self._size])
        self._marks.append(both.marks[EDGE:-EDGE])
        self._waiting, self._size = [both.part(self._size, self._size + EDGE)], 0

    def ended(self, spans: Spans) -> Weighed:
        if self._size or not self._weights:
            self._weigh()
        marks, weights = np.concatenate(self._marks), np.concatenate(self._weights)
        self._weighing.apart(marks, weights)
        return weights, marks, spans


def weighed(text: str, lexicon: Lexicon, weighing: Weighing) -> Generator[None, None, Weighed]:
    """Of one text, which may be long."""
    row, size = _Row(lexicon, weighing), 0
    for piece in slices(text):
        own = lexicon.within(piece)
        size += own.marks.size
        row.add(own)
        yield
    row.add(lexicon.edges)
    return row.ended([(0, size)])


def all_weighed(texts: Sequence[str], lexicon: Lexicon, weighing: Weighing) -> Generator[None, None, Weighed]:
    """Of several short ones."""
    row, spans, begin = _Row(lexicon, weighing), list[tuple[int, int]](), 0
    for some in _portions(texts):
        columns, own = lexicon.columns(some)
        row.add(columns.part(EDGE, columns.marks.size))
        spans += [(begin + start, begin + end) for start, end in own]
        begin += columns.marks.size - EDGE
        yield
    return row.ended(spans)


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    some, room = list[str](), PORTION
    for text in texts:
        some.append(text)
        room -= len(text)
        if room <= 0:
            yield some
            some, room = [], PORTION
    if some:
        yield some

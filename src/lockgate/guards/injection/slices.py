"""A long text is read slice by slice: others have their turn between two of them, and its words need not be known all at once."""

from collections.abc import Generator, Iterator

import numpy as np

from lockgate.guards.injection.features import EDGE, Floats
from lockgate.guards.injection.lexicon import Lexicon, Marks
from lockgate.guards.injection.tokens import tokens
from lockgate.guards.injection.weighing import Weighing

SLICE = 2048
"""Characters at a time: some milliseconds where every word is new."""


def slices(text: str) -> Iterator[str]:
    """Cut behind blanks, for no token has one in it or depends on what is behind one. Where there is none, there is no cut."""
    start, size = 0, len(text)
    while size - start > SLICE:
        end = text.rfind(" ", start, start + SLICE) + 1 or text.find(" ", start + SLICE) + 1 or size
        yield text[start:end]
        start = end
    yield text[start:]


def weighed(text: str, lexicon: Lexicon, weighing: Weighing) -> Generator[None, None, tuple[Floats, Marks]]:
    """What each of its tokens weighs, and the marks of all, edges before and behind."""
    edges = lexicon.rows(())[0].marks
    parts: list[Floats] = []
    marks: list[Marks] = [edges]
    before: list[str] = []
    for piece in slices(text):
        own = tokens(piece)
        rows = lexicon.behind(before, own)
        parts.append(weighing.beside(rows)[: len(own)])
        marks.append(rows.marks[EDGE : EDGE + len(own)])
        before = [*before, *own][-EDGE:]
        yield
    every = np.concatenate([*marks, edges])
    out = np.concatenate([*parts, np.zeros(EDGE)])
    weighing.apart(every, out)
    return out[:-EDGE], every

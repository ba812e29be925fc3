"""A long text is read slice by slice: others have their turn between two of them, and its words need not be known all at once."""

from collections.abc import Generator

import numpy as np

from lockgate.guards.injection.features import EDGE, Floats
from lockgate.guards.injection.lexicon import Lexicon, Marks, joined
from lockgate.guards.injection.slices import slices
from lockgate.guards.injection.weighing import Weighing


def weighed(text: str, lexicon: Lexicon, weighing: Weighing) -> Generator[None, None, tuple[Floats, Marks]]:
    """What each of its tokens weighs, and the marks of all, edges before and behind."""
    before = edges = lexicon.edges
    parts: list[Floats] = []
    marks: list[Marks] = [edges.marks]
    for piece in slices(text):
        own = lexicon.within(piece)
        size = own.marks.size
        both = joined((before, own))
        parts.append(
            weighing.beside(joined((both, edges)))[:size]
        )  # sums over channels are made alike where there are several columns
        marks.append(own.marks)
        before = both.last(EDGE)
        yield
    every = np.concatenate([*marks, edges.marks])
    out = np.concatenate([*parts, np.zeros(EDGE)])
    weighing.apart(every, out)
    return out[:-EDGE], every

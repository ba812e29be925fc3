"""Texts as rows of a sparse matrix: one row a window, as the guard will see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection import features
from lockgate.guards.injection.features import OFFSETS, SIZE
from lockgate.guards.injection.tokens import tokens
from lockgate.guards.injection.vocabulary import Vocabulary
from lockgate.guards.injection.windows import starts_and_ends
from train.readings import readings

_SINGLE = int(OFFSETS[3])
"""Places of single words, stems and kinds stand before it."""
_words = Vocabulary(10_000_000)


@dataclass(frozen=True, slots=True)
class Rows:
    """`starts` of each row's `places`, `scale` of each row, and the text (by number) that it is of.

    Places are numbered anew, without those that no row has: `used` says which of the table they are.
    """

    places: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    scale: npt.NDArray[np.float64]
    text: npt.NDArray[np.int64]
    used: npt.NDArray[np.int64]

    def of(self, chosen: npt.NDArray[np.int64]) -> "Rows":
        """Some of the rows, in the order given."""
        ends = np.append(self.starts, self.places.size)
        parts = [self.places[ends[row] : ends[row + 1]] for row in chosen]
        sizes = np.array([part.size for part in parts], dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        return Rows(np.concatenate(parts), starts, self.scale[chosen], self.text[chosen], self.used)


def rows(texts: Sequence[str], least: int = 1) -> Rows:
    """`least`: places that are seen less often say nothing of other texts, and are left out."""
    places: list[npt.NDArray[np.uint32]] = []
    sizes: list[int] = []
    scales: list[float] = []
    owners: list[int] = []
    for number, text in enumerate(texts):
        for found, scale in _windows(text):
            places.append(found)
            sizes.append(found.size)
            scales.append(scale)
            owners.append(number)
    counts = np.array(sizes, dtype=np.int64)
    every = np.concatenate(places).astype(np.int64)
    if least > 1:
        seen = np.bincount(every, minlength=SIZE)
        kept = (seen[every] >= least) | (every < _SINGLE)  # so that no row is empty
        counts = np.add.reduceat(kept.astype(np.int64), np.cumsum(counts) - counts)
        every = every[kept]
    used = np.flatnonzero(np.bincount(every, minlength=SIZE))
    anew = np.zeros(SIZE, dtype=np.int64)
    anew[used] = np.arange(used.size)
    return Rows(anew[every], np.cumsum(counts) - counts, np.array(scales), np.array(owners), used)


def _windows(text: str) -> Iterator[tuple[npt.NDArray[np.uint32], float]]:
    """Of all that the guard reads of a text."""
    for reading in readings(text):
        found, at = flat(reading)
        size = int(at[-1]) + 1 if at.size else 0
        for start, end in zip(*(each.tolist() for each in starts_and_ends(size)), strict=True):
            low, high = np.searchsorted(at, (start, end))
            yield found[low:high], 1.0 / float(np.sqrt(end - start + 4.0))


def flat(text: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """All places of a text, and the token that each belongs to, in the order of the tokens."""
    table = _words.of(tokens(text))
    every = features.dense(table)
    at, some = features.sparse(table)
    places = np.concatenate([every.ravel(), some.ravel()])
    owner = np.concatenate([np.tile(np.arange(every.shape[1]), every.shape[0]), np.tile(at, some.shape[0])])
    order = np.argsort(owner, kind="stable")
    return places[order], owner[order]

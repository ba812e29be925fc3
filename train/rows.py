"""Texts as rows of a sparse matrix: one row a window, as the guard will see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection import features
from lockgate.guards.injection.features import OFFSETS, SIZE
from lockgate.guards.injection.tokens import tokens
from lockgate.guards.injection.windows import narrow, wide
from train.readings import readings
from train.vocabulary import BEFORE, Vocabulary

_SINGLE = int(OFFSETS[3])
"""Places of single words, stems and kinds stand before it."""
_words = Vocabulary(10_000_000)


@dataclass(frozen=True, slots=True)
class Rows:
    """`starts` of each row's `places`, `scale` of each row, the text (by number) that it is of, which reading of a text, and whether
    it is a narrow window.

    Places are numbered anew, without those that no row has: `used` says which of the table they are.
    """

    places: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    scale: npt.NDArray[np.float64]
    text: npt.NDArray[np.int64]
    reading: npt.NDArray[np.int64]
    narrow: npt.NDArray[np.bool_]
    used: npt.NDArray[np.int64]

    def of(self, chosen: npt.NDArray[np.int64]) -> "Rows":
        """Some of the rows, in the order given."""
        ends = np.append(self.starts, self.places.size)
        parts = [self.places[ends[row] : ends[row + 1]] for row in chosen]
        sizes = np.array([part.size for part in parts], dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        mine = self.scale[chosen], self.text[chosen], self.reading[chosen], self.narrow[chosen]
        return Rows(np.concatenate(parts), starts, *mine, self.used)


def rows(texts: Sequence[str], least: int = 1) -> Rows:
    """`least`: places that are seen less often say nothing of other texts, and are left out."""
    places: list[npt.NDArray[np.uint32]] = []
    sizes: list[int] = []
    scales: list[float] = []
    told: list[tuple[int, int, bool]] = []
    number = 0
    for owner, text in enumerate(texts):
        for reading in readings(text):
            for found, scale, is_narrow in _windows(reading):
                places.append(found)
                sizes.append(found.size)
                scales.append(scale)
                told.append((owner, number, is_narrow))
            number += 1
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
    owners, numbers, are_narrow = np.array(told).T
    starts = np.cumsum(counts) - counts
    return Rows(anew[every], starts, np.array(scales), owners, numbers, are_narrow.astype(np.bool_), used)


def _windows(reading: str) -> Iterator[tuple[npt.NDArray[np.uint32], float, bool]]:
    """Wide ones, then narrow ones."""
    found, at = flat(reading)
    size = int(at[-1]) + 1 if at.size else 0
    for cut in (wide, narrow):
        for start, end in zip(*(each.tolist() for each in cut(size)), strict=True):
            low, high = np.searchsorted(at, (start, end))
            yield found[low:high], 1.0 / float(np.sqrt(end - start + 4.0)), cut is narrow


def flat(text: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """All places of a text, and the token that each belongs to, in the order of the tokens."""
    table = _words.of([*[BEFORE] * features.EDGE, *tokens(text)])
    every = features.following(table[:3])
    at, some = features.sparse_following(table[3])
    places = np.concatenate([every.ravel(), some.ravel()])
    owner = np.concatenate([np.tile(np.arange(every.shape[1]), every.shape[0]), np.tile(at, some.shape[0])])
    order = np.argsort(owner, kind="stable")
    return places[order], owner[order]

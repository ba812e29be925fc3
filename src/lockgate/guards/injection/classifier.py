"""Scores a text by its windows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection import features
from lockgate.guards.injection.artifact import Model, read
from lockgate.guards.injection.tokens import Table, Vocabulary, places, tokens
from lockgate.guards.injection.windows import NARROW, Indices, chance, narrow, narrow_chance, wide

Cut = Literal["wide", "narrow"]
CUTS = {"wide": wide, "narrow": narrow}
Window = tuple[int, int, float]
"""Start and end in characters, and score."""
NOTHING = -50.0
"""The score of a text without a token."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, what is known of its tokens, and the places of their features."""

    text: str
    table: Table
    dense: features.Places
    at: npt.NDArray[np.intp]
    sparse: features.Places


class Classifier:
    """One for a process: it remembers words."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or read()
        self._vocabulary = Vocabulary()

    def words(self, text: str) -> Words:
        table = self._vocabulary.of(tokens(text))
        at, some = features.sparse(table)
        return Words(text, table, features.dense(table), at, some)

    def sums(self, words: Words) -> features.Floats:
        """What the tokens are worth, summed up from the first."""
        size, model = words.table.shape[1], self.model
        running = np.zeros(size + 1)
        if size:
            dense = words.dense.shape[0]
            own = (model.weights[words.dense] * model.worth[:dense, None]).sum(axis=0, dtype=np.float64)
            own[words.at] += (model.weights[words.sparse] * model.worth[dense:, None]).sum(axis=0, dtype=np.float64)
            np.cumsum(own, out=running[1:])
        return running

    def score(self, sums: features.Floats, cut: Cut) -> float:
        """The highest of its windows."""
        scores = self._scores(sums, *CUTS[cut](sums.size - 1), cut)
        return float(scores.max()) if scores.size else NOTHING

    def above(self, words: Words, sums: features.Floats, cut: Cut, threshold: float) -> Sequence[Window]:
        """Stretches of the text whose windows score more than that; windows that touch are one."""
        starts, ends = CUTS[cut](sums.size - 1)
        scores = self._scores(sums, starts, ends, cut)
        high = np.flatnonzero(scores > threshold)
        if not high.size:
            return ()
        spans = [found.span() for found in places(words.text)]
        beside = NARROW if cut == "narrow" else 0  # an order is often longer than a narrow window
        out: list[Window] = []
        for number in high.tolist():
            start = spans[max(0, int(starts[number]) - beside)][0]
            end = spans[min(len(spans), int(ends[number]) + beside) - 1][1]
            if out and start <= out[-1][1]:
                out[-1] = out[-1][0], end, max(out[-1][2], float(scores[number]))
            else:
                out.append((start, end, float(scores[number])))
        return out

    def _scores(self, sums: features.Floats, starts: Indices, ends: Indices, cut: Cut) -> features.Floats:
        """Of each window."""
        scores: features.Floats = (sums[ends] - sums[starts]) / np.sqrt(ends - starts + 4.0)
        if scores.size:
            scores += self.model.bias - (chance if cut == "wide" else narrow_chance)(scores.size)
        return scores


def confidence(score: float, threshold: float) -> float:
    """Between 0.5 at the threshold and 1."""
    return round(1.0 / (1.0 + math.exp(-min(40.0, score - threshold))), 3)

"""Scores a text: the highest of its windows is its score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection import features
from lockgate.guards.injection.artifact import Head
from lockgate.guards.injection.tokens import Table, Vocabulary, places, tokens
from lockgate.guards.injection.windows import CHANCE, starts_and_ends

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

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()

    def words(self, text: str) -> Words:
        table = self._vocabulary.of(tokens(text))
        at, some = features.sparse(table)
        return Words(text, table, features.dense(table), at, some)

    def score(self, words: Words, head: Head) -> float:
        scores = _scores(words, head)
        return float(scores.max()) if scores.size else NOTHING

    def above(self, words: Words, head: Head, threshold: float) -> Sequence[Window]:
        """Stretches of the text whose windows score more than that; windows that touch are one."""
        scores = _scores(words, head)
        high = np.flatnonzero(scores > threshold)
        if not high.size:
            return ()
        starts, ends = starts_and_ends(words.table.shape[1])
        spans = [found.span() for found in places(words.text)]
        out: list[Window] = []
        for number in high.tolist():
            start, end = spans[starts[number]][0], spans[ends[number] - 1][1]
            if out and start <= out[-1][1]:
                out[-1] = out[-1][0], end, max(out[-1][2], float(scores[number]))
            else:
                out.append((start, end, float(scores[number])))
        return out


def _scores(words: Words, head: Head) -> features.Floats:
    """Of each window."""
    size = words.table.shape[1]
    if not size:
        return np.zeros(0)
    dense = words.dense.shape[0]
    own = (head.weights[words.dense] * head.worth[:dense, None]).sum(axis=0, dtype=np.float64)
    own[words.at] += (head.weights[words.sparse] * head.worth[dense:, None]).sum(axis=0, dtype=np.float64)
    starts, ends = starts_and_ends(size)
    running = np.zeros(size + 1)
    np.cumsum(own, out=running[1:])
    scores: features.Floats = (running[ends] - running[starts]) / np.sqrt(ends - starts + 4.0)
    scores += head.bias - CHANCE * math.log(starts.size)
    return scores


def confidence(score: float, threshold: float) -> float:
    """Between 0.5 at the threshold and 1."""
    return round(1.0 / (1.0 + math.exp(-min(40.0, score - threshold))), 3)

"""Scores texts by their windows. Several are looked at in one go, and score what each scores alone."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from lockgate.guards.injection import features
from lockgate.guards.injection.artifact import Model, read
from lockgate.guards.injection.features import EDGE
from lockgate.guards.injection.otherwise import NO_SIGNS, otherwise, signs
from lockgate.guards.injection.tokens import places, tokens
from lockgate.guards.injection.vocabulary import BEFORE, Table, Vocabulary
from lockgate.guards.injection.windows import NARROW, WHOLE, chance, narrow, narrow_chance, wide

Cut = Literal["wide", "narrow"]
CUTS = {"wide": (wide, chance), "narrow": (narrow, narrow_chance)}
"""Where windows of either width are, and what it costs each that there are many."""

Window = tuple[int, int, float]
"""Start and end in characters, and score."""
NOTHING = -50.0
"""The score of a text without a token."""
Scores = Sequence[float]
BLOCK = 2048
"""Tokens at a time: larger tables are given back to the system each time, and asked for again page by page."""
_EDGES = [BEFORE] * EDGE


@dataclass(frozen=True, slots=True)
class Words:
    """Texts, what is known of their tokens with edges before each, and from where to where each has its own, edges apart."""

    texts: Sequence[str]
    table: Table
    spans: Sequence[tuple[int, int]]

    def otherwise(self) -> Iterator[tuple[int, Sequence[str]]]:
        """What else texts may say, by their number."""
        spans = [(start + EDGE, end + EDGE) for start, end in self.spans]
        for number, own in enumerate(signs(self.table, spans)):
            if own is not NO_SIGNS and (others := list(otherwise(self.texts[number], own))):
                yield number, others


class Classifier:
    """One for a process: it remembers words."""

    def __init__(self, model: Model | None = None) -> None:
        self._given = model
        self._vocabulary = Vocabulary()

    @cached_property
    def model(self) -> Model:
        """Read when it is asked for: what a text may say besides does not need it."""
        return self._given or read()

    def words(self, *texts: str) -> Words:
        every: list[str] = []
        spans: list[tuple[int, int]] = []
        for text in texts:
            every += _EDGES
            start = len(every) - EDGE
            every += tokens(text)
            spans.append((start, len(every) - EDGE))
        every += _EDGES  # a sum over channels is made row by row only where there are several columns
        return Words(texts, self._vocabulary.of(every), spans)

    def scores(self, words: Words, cuts: Sequence[Cut]) -> Sequence[Sequence[Scores]]:
        """For each width, of each text the scores of its windows."""
        weighed = _weighed(words.table, self.model)
        summed = [np.cumsum(weighed[start:end]) for start, end in words.spans]
        return [[_windows(running, self.model.bias, cut) for running in summed] for cut in cuts]

    def score(self, text: str) -> tuple[float, float]:
        """Of one text, its highest wide and its highest narrow window."""
        wides, narrows = self.scores(self.words(text), ("wide", "narrow"))
        return highest(wides[0]), highest(narrows[0])


def highest(scores: Scores) -> float:
    return max(scores, default=NOTHING)


def above(text: str, scores: Scores, size: int, cut: Cut, threshold: float) -> Sequence[Window]:
    """Stretches of a text of so many tokens whose windows score more than that; windows that touch are one."""
    if highest(scores) <= threshold:
        return ()
    starts, ends = CUTS[cut][0](size)
    spans = [found.span() for found in places(text)]
    beside = NARROW if cut == "narrow" else 0  # an order is often longer than a narrow window
    out: list[Window] = []
    for number, score in enumerate(scores):
        if score <= threshold:
            continue
        start = spans[max(0, int(starts[number]) - beside)][0]
        end = spans[min(size, int(ends[number]) + beside) - 1][1]
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], end, max(out[-1][2], score)
        else:
            out.append((start, end, score))
    return out


def _weighed(table: Table, model: Model) -> features.Floats:
    """What each token weighs."""
    size = table.shape[1] - EDGE
    out = np.empty(size)
    for start in range(0, size, BLOCK):
        at = features.following(table[:3, start : start + BLOCK + EDGE])
        own = model.weights.take(at) * model.worth[: at.shape[0], None]
        out[start : start + BLOCK] = own.sum(axis=0, dtype=np.float64)
    which, at = features.sparse_following(table[3])
    out[which] += (model.weights.take(at) * model.worth[-at.shape[0] :, None]).sum(axis=0, dtype=np.float64)
    return out


def _windows(running: features.Floats, bias: float, cut: Cut) -> Scores:
    """Of sums over the tokens of a text, the score of each window."""
    size = running.size
    if not size or (size <= WHOLE and cut == "narrow"):
        return ()
    if size <= WHOLE:
        return (float(running[-1]) / math.sqrt(size + 4.0) + bias,)
    where, price = CUTS[cut]
    starts, ends = where(size)
    sums = running[ends - 1]
    sums[1:] -= running[starts[1:] - 1]
    scores = sums / np.sqrt(ends - starts + 4.0)
    scores += bias - price(starts.size)
    found: Scores = scores.tolist()
    return found


def confidence(score: float, threshold: float) -> float:
    """Between 0.5 at the threshold and 1."""
    return round(1.0 / (1.0 + math.exp(-min(40.0, score - threshold))), 3)

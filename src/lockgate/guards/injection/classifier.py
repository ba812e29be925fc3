"""Scores texts by their windows. Several are looked at in one go, and score what each scores alone."""

import math
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Literal

import numpy as np
from msgspec import Struct

from lockgate.guards.injection.artifact import Model, read
from lockgate.guards.injection.features import Floats
from lockgate.guards.injection.lexicon import Lexicon, Marks
from lockgate.guards.injection.lively import SEVERAL, above_one, lively, lowest
from lockgate.guards.injection.otherwise import otherwise, signs, some_signs
from lockgate.guards.injection.stepwise import all_weighed, weighed
from lockgate.guards.injection.tokens import places
from lockgate.guards.injection.weighing import Weighing
from lockgate.guards.injection.windows import NARROW, WHOLE, chance, narrow, narrow_chance, wide

Cut = Literal["wide", "narrow"]
CUTS = {"wide": (wide, chance), "narrow": (narrow, narrow_chance)}
"""Where windows of either width are, and what it costs each that there are many."""

Window = tuple[int, int, float]
"""Start and end in characters, and score."""
NOTHING = -50.0
"""The score of a text without a token."""
Scores = Sequence[float]


class Words(Struct, frozen=True):
    """Texts behind each other: marks of their tokens with edges before each, what these weigh without the first edges, and from where
    to where each has its own there.
    """

    texts: Sequence[str]
    marks: Marks
    weights: Floats
    spans: Sequence[tuple[int, int]]

    def running(self, number: int) -> Floats:
        """Of a text, the sums of what its tokens weigh."""
        start, end = self.spans[number]
        return self.weights[start:end].cumsum()

    def otherwise(self) -> Iterator[tuple[int, Sequence[str]]]:
        """What else texts may say, by their number."""
        for number, own in signs(self.marks, self.spans):
            if others := list(otherwise(self.texts[number], own)):
                yield number, others


class Classifier:
    """One for a process: it remembers words."""

    def __init__(self, model: Model | None = None) -> None:
        self._given = model

    @cached_property
    def model(self) -> Model:
        return self._given or read()

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self.model)

    @cached_property
    def _weighing(self) -> Weighing:
        return Weighing(self.model)

    def words(self, *texts: str) -> Words:
        columns, spans = self._lexicon.columns(texts)
        return Words(texts, columns.marks, self._weighing.weighed(columns), spans)

    def long(self, text: str) -> Generator[None, None, Words]:
        """Of one text the same as `words`, in steps."""
        weights, marks, spans = yield from weighed(text, self._lexicon, self._weighing)
        return Words((text,), marks, weights, spans)

    def several(self, texts: Sequence[str]) -> Generator[None, None, Words]:
        """Of short texts, too."""
        weights, marks, spans = yield from all_weighed(texts, self._lexicon, self._weighing)
        return Words(texts, marks, weights, spans)

    def lively(self, words: Words, least: float, *, narrow: bool) -> Sequence[int]:
        """Texts with a window that may be above it, nearly all of which are."""
        return lively(words.weights, words.spans, self.model.bias, least, narrow=narrow)

    def stirring(self, words: Words, least: float, *, narrow: bool) -> Sequence[int]:
        """The same, and texts that may say something else."""
        spans = words.spans
        if len(spans) >= SEVERAL:
            starts, ends = np.fromiter(chain.from_iterable(spans), np.int64, 2 * len(spans)).reshape(-1, 2).T
            if (ends - starts).max() <= WHOLE:
                found = above_one(words.weights, starts, ends, lowest(self.model.bias, least))
                found |= some_signs(words.marks, starts, ends)
                return found.nonzero()[0].tolist()
        return sorted({*self.lively(words, least, narrow=narrow), *(number for number, _ in signs(words.marks, spans))})

    def scores(self, words: Words, cuts: Sequence[Cut]) -> Sequence[Sequence[Scores]]:
        """For each width, of each text the scores of its windows."""
        summed = [words.running(number) for number in range(len(words.texts))]
        return [[self.windows(running, cut) for running in summed] for cut in cuts]

    def windows(self, running: Floats, cut: Cut) -> Scores:
        return _windows(running, self.model.bias, cut)

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


def _windows(running: Floats, bias: float, cut: Cut) -> Scores:
    """Of sums over the tokens of a text, the score of each window."""
    size = running.size
    if not size or (size <= WHOLE and cut == "narrow"):
        return ()
    if size <= WHOLE:
        return (float(running[-1]) / math.sqrt(size + 4.0) + bias,)
    where, price = CUTS[cut]
    starts, ends = where(size)
    sums = running.take(ends - 1)
    sums[1:] -= running.take(starts[1:] - 1)
    scores = sums / math.sqrt(int(ends[0] - starts[0]) + 4.0)  # all are as wide
    scores += bias - price(starts.size)
    found: Scores = scores.tolist()
    return found


def confidence(score: float, threshold: float) -> float:
    """Between 0.5 at the threshold and 1."""
    return round(1.0 / (1.0 + math.exp(-min(40.0, score - threshold))), 3)

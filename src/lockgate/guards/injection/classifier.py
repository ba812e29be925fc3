"""Scores texts: the highest of its windows is a text's score. Several are looked at in one go, and score what each scores alone."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lockgate.guards.injection import features
from lockgate.guards.injection.artifact import Head
from lockgate.guards.injection.features import EDGE
from lockgate.guards.injection.otherwise import NO_SIGNS, otherwise, signs
from lockgate.guards.injection.tokens import places, tokens
from lockgate.guards.injection.vocabulary import BEFORE, Table, Vocabulary
from lockgate.guards.injection.windows import CHANCE, WHOLE, starts_and_ends

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

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()

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

    def scores(self, words: Words, heads: Sequence[Head]) -> Sequence[Sequence[Scores]]:
        """For each head, of each text the scores of its windows."""
        weighed = _weighed(words.table, heads)
        return [
            [_windows(own[start:end], head) for start, end in words.spans]
            for head, own in zip(heads, weighed, strict=True)
        ]


def highest(scores: Scores) -> float:
    return max(scores, default=NOTHING)


def above(text: str, scores: Scores, size: int, threshold: float) -> Sequence[Window]:
    """Stretches of a text of so many tokens whose windows score more than that; windows that touch are one."""
    if highest(scores) <= threshold:
        return ()
    starts, ends = starts_and_ends(size)
    spans = [found.span() for found in places(text)]
    out: list[Window] = []
    for number, score in enumerate(scores):
        if score <= threshold:
            continue
        start, end = spans[starts[number]][0], spans[ends[number] - 1][1]
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], end, max(out[-1][2], score)
        else:
            out.append((start, end, score))
    return out


def _weighed(table: Table, heads: Sequence[Head]) -> Sequence[features.Floats]:
    """For each head, what each token weighs."""
    size = table.shape[1] - EDGE
    out = [np.empty(size) for _ in heads]
    for start in range(0, size, BLOCK):
        at = features.following(table[:3, start : start + BLOCK + EDGE])
        dense = at.shape[0]
        for head, own in zip(heads, out, strict=True):
            own[start : start + BLOCK] = (head.weights.take(at) * head.worth[:dense, None]).sum(
                axis=0, dtype=np.float64
            )
    which, at = features.sparse_following(table[3])
    for head, own in zip(heads, out, strict=True):
        own[which] += (head.weights.take(at) * head.worth[-at.shape[0] :, None]).sum(axis=0, dtype=np.float64)
    return out


def _windows(own: features.Floats, head: Head) -> Scores:
    """Of what the tokens of a text weigh, the score of each window."""
    size = own.size
    if not size:
        return ()
    running = np.cumsum(own)
    if size <= WHOLE:
        return (float(running[-1]) / math.sqrt(size + 4.0) + head.bias,)
    starts, ends = starts_and_ends(size)
    sums = running[ends - 1]
    sums[1:] -= running[starts[1:] - 1]
    scores = sums / np.sqrt(ends - starts + 4.0)
    scores += head.bias - CHANCE * math.log(starts.size)
    found: Scores = scores.tolist()
    return found


def confidence(score: float, threshold: float) -> float:
    """Between 0.5 at the threshold and 1."""
    return round(1.0 / (1.0 + math.exp(-min(40.0, score - threshold))), 3)

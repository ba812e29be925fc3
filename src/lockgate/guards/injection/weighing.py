"""What each token of a text weighs, in the fewest steps over arrays. `features` says the same plainly, and the weights are made by that."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lockgate.guards.injection.artifact import Model, Weights
from lockgate.guards.injection.concepts import CONCEPTS
from lockgate.guards.injection.features import (
    CHANNELS,
    DENSE,
    EDGE,
    FIFTH,
    FOURTH,
    MIX,
    OFFSETS,
    SHIFTS,
    SINGLE,
    SKIPPED,
    STARTS,
    Floats,
    concepts,
)
from lockgate.guards.injection.lexicon import BEGINNING, CONCEPT, Columns, Marks, Table

BLOCK = 2048
"""So many tokens have a row for each channel; of more, all are weighed channel by channel."""
LARGE = 16_384
"""Tokens at a time: larger tables are given back to the system each time, and asked for again page by page."""
COUNT = len(CONCEPTS) + 1
"""Of concepts, none among them."""
_MIX, _FOURTH, _FIFTH, _SKIPPED, _FINISH = (
    np.uint32(MIX),
    np.uint32(FOURTH),
    np.uint32(FIFTH),
    np.uint32(SKIPPED),
    np.uint32(15),
)
_SHIFTS, _STARTS = SHIFTS[SINGLE:DENSE], STARTS[SINGLE:DENSE].astype(np.uint32)
_PAIRS, _TRIPLES = slice(0, 3), slice(3, 6)
_KIND, _FOUR, _FIVE, _SKIP = 5, 6, 7, 8

assert COUNT < BEGINNING


class Channel(Struct, frozen=True):
    """Its part of the weights, what one of these is worth, and by how much a hash is shifted to be a place there."""

    weights: Weights
    worth: np.float32
    shift: np.uint32


class Weighing:
    """For one model."""

    def __init__(self, model: Model) -> None:
        self._weights = model.weights
        self._worth = model.worth[SINGLE:DENSE, None]
        self._channels = [_channel(model, number) for number in range(SINGLE, DENSE)]
        self._concepts, self._at = _of_concepts(model)

    def weighed(self, columns: Columns) -> Floats:
        """Of each token from the fifth on, and of the edges between texts, which mean nothing."""
        out = self.beside(columns)
        self.apart(columns.marks, out)
        return out

    def beside(self, columns: Columns) -> Floats:
        """The same without concepts: what a token weighs for itself and by the four in front of it."""
        out = np.empty(columns.marks.size - EDGE)
        if out.size <= BLOCK:
            self._dense(columns.said, out)
        else:
            for start in range(0, out.size, LARGE):
                self._by_channel(columns.said[:, start : start + LARGE + EDGE], out[start : start + LARGE])
        out += columns.alone[EDGE:]
        return out

    def apart(self, marks: Marks, out: Floats) -> None:
        """Adds what concepts weigh, which may stand far from each other."""
        own = marks & CONCEPT
        at = own.nonzero()[0]
        if at.size > EDGE:
            own = own.take(at).astype(np.intp)
            own[own == BEGINNING] = 0
            out[at[EDGE:] - EDGE] += self._sparse(own)

    def _dense(self, one: Table, out: Floats) -> None:
        """What every token has: pairs, triples, and more of kinds."""
        at = np.empty((DENSE - SINGLE, out.size), dtype=np.uint32)
        two = one * _MIX
        np.add(one[:, EDGE:], two[:, EDGE - 1 : -1], out=at[_PAIRS])
        np.add(at[_PAIRS], two[:, EDGE - 2 : -2] * _MIX, out=at[_TRIPLES])
        four, five, skip = at[_FOUR], at[_FIVE], at[_SKIP]
        np.multiply(at[_KIND], _FOURTH, out=four)
        four += two[-1, EDGE - 3 : -3]
        np.multiply(four, _MIX, out=five)
        five += one[-1, EDGE - 4 : -4] * _FIFTH
        np.multiply(one[0, EDGE:], _SKIPPED, out=skip)
        skip += two[0, EDGE - 2 : -2]
        at ^= at >> _FINISH
        at *= _MIX
        at >>= _SHIFTS
        at += _STARTS
        np.add.reduce(self._weights.take(at) * self._worth, axis=0, dtype=np.float64, out=out)

    def _by_channel(self, one: Table, out: Floats) -> None:
        """The same for many tokens: meanwhile a channel's part of the weights is in the processor's cache. What is added, and in which
        order, is the same.
        """
        at, last, worth = (
            np.empty(out.size, dtype=np.uint32),
            np.empty(out.size, dtype=np.uint32),
            np.empty(out.size, dtype=np.float32),
        )
        out[:] = 0.0
        for channel, _ in zip(self._channels, _channels(one, at), strict=True):
            np.right_shift(at, _FINISH, out=last)
            last ^= at
            last *= _MIX
            last >>= channel.shift
            # No place is outside; to say so takes a third of the time.
            np.multiply(channel.weights.take(last, mode="clip"), channel.worth, out=worth)
            out += worth

    def _sparse(self, own: npt.NDArray[np.intp]) -> Floats:
        """What those with a concept have besides, from the fifth on: there are so few concepts that all their pairs and triples
        are in a table.
        """
        one = own[EDGE:]
        rows = own * COUNT
        at = np.empty((len(CHANNELS) - DENSE, one.size), dtype=np.intp)
        at[0] = one
        for back in range(1, EDGE + 1):
            np.add(rows[EDGE - back : -back], one, out=at[2 + back])
        at[1] = at[3]
        np.multiply(rows[EDGE - 2 : -2], COUNT, out=at[2])
        at[2] += at[3]
        at[7] = at[2]
        at += self._at
        found: Floats = np.add.reduce(self._concepts.take(at), axis=0, dtype=np.float64)
        return found


def _channel(model: Model, number: int) -> Channel:
    begin, end = (int(at) for at in OFFSETS[number : number + 2])
    return Channel(model.weights[begin:end], model.worth[number], SHIFTS[number, 0])


def _channels(one: Table, at: npt.NDArray[np.uint32]) -> Iterator[None]:
    """Of each token what it says, a channel after the other, in `at`, which may not be changed meanwhile."""
    two = one * _MIX
    for row, before in zip(one, two, strict=True):
        np.add(row[EDGE:], before[EDGE - 1 : -1], out=at)
        yield
    for row, before in zip(one, two, strict=True):
        np.add(row[EDGE:], before[EDGE - 1 : -1], out=at)
        at += before[EDGE - 2 : -2] * _MIX
        yield
    at *= _FOURTH
    at += two[-1, EDGE - 3 : -3]
    yield
    at *= _MIX
    at += one[-1, EDGE - 4 : -4] * _FIFTH
    yield
    np.multiply(one[0, EDGE:], _SKIPPED, out=at)
    at += two[0, EDGE - 2 : -2]
    yield


def _of_concepts(model: Model) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """What one concept, each pair and each triple weigh, channel behind channel; and where each channel begins."""
    three, two, one = np.meshgrid(*[np.arange(COUNT, dtype=np.uint32)] * 3, indexing="ij")
    flat, before, third = one.ravel(), two.ravel(), three.ravel()
    places = concepts(flat, (before, third, before, before))
    weights = (model.weights.take(places) * model.worth[DENSE:, None]).reshape(-1, COUNT, COUNT, COUNT)
    parts = [weights[0, 0, 0], weights[1, 0], weights[2], weights[3, 0], weights[4, :, 0], *weights[5:7, 0], weights[7]]
    sizes = [part.size for part in parts]
    begins = np.cumsum([0, *sizes[:-1]]).astype(np.intp)[:, None]
    return np.concatenate([part.ravel() for part in parts]), begins

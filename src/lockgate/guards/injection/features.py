"""What the classifier looks at: neighbours among words, stems, kinds and concepts, as places in a table of weights.

Each token has as many of them as there are channels: those that end at it. So the sum over any window is the difference of
two running sums, and a long text costs no more a character than a short one.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# Bits of each channel's part of the table.
_BITS = {
    "word1": 16, "stem1": 14, "kind1": 12,
    "word2": 19, "stem2": 18, "kind2": 16,
    "word3": 18, "stem3": 18, "kind3": 18,
    "kind4": 18, "kind5": 17, "skip": 18,
    "concept1": 8, "concept2": 12, "concept3": 15,
    "near1": 12, "near2": 12, "near3": 12, "near4": 12, "three": 14,
}  # fmt: skip
CHANNELS = tuple(_BITS)
_OWN = [0 if name in ("near2", "near3", "near4") else 1 << bits for name, bits in _BITS.items()]
OFFSETS = np.cumsum([0, *_OWN]).astype(np.uint32)
SIZE = int(OFFSETS[-1])
SHIFTS = np.array([32 - bits for bits in _BITS.values()], dtype=np.uint32)[:, None]
STARTS = np.array([OFFSETS[CHANNELS.index("near1" if name.startswith("near") else name)] for name in CHANNELS])[:, None]
"""Of each channel, by how many bits what it says is shifted, and where its part of the table begins."""
MIX, LAST, FOURTH, FIFTH, SKIPPED = 0x9E3779B1, 0x85EBCA77, 0x27D4EB2F, 0x165667B1, 0xC2B2AE3D
_MIX, _LAST = np.uint32(MIX), np.uint32(LAST)
EDGE = 4
"""Tokens that stand for the beginning of a text."""
BEGINNING = 1 << 31
"""In the place of an edge's concept: it has none, and stands for itself."""
_NUMBER = np.uint32(BEGINNING - 1)
SINGLE, DENSE = 3, 12
"""Channels of one token alone, and those that every token has; the rest is for tokens with a concept."""

Table = npt.NDArray[np.uint32]
"""Word, stem, kind, concept, and what it is a sign of: a column a token."""
Places = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


def following(rows: Table) -> Places:
    """Of each token from the fifth on its places, a row a channel: texts may stand behind each other, edges before each."""
    size = rows.shape[1] - EDGE
    out = np.empty((DENSE, size), dtype=np.uint32)
    one = rows[:, EDGE:]
    two = rows[:, 1:-1] * _MIX
    two += rows[:, 2:]
    three = out[6:9]
    out[0:3] = one
    out[3:6] = two[:, 2:]
    np.multiply(two[:, 1:-1], _MIX, out=three)
    three += one
    kind = rows[2]
    np.add(kind[1 : size + 1] * _MIX, three[2] * np.uint32(FOURTH), out=out[9])
    np.add(kind[0:size] * np.uint32(FIFTH), out[9] * _MIX, out=out[10])
    np.add(rows[0, EDGE - 2 : -2] * _MIX, one[0] * np.uint32(SKIPPED), out=out[11])
    return _placed(out, 0)


def sparse_following(concepts: Table) -> tuple[Indices, Places]:
    """The tokens from the fifth on with a concept, counted from there, and of each its places: what stands between them does not matter,
    and for some not their order. Of the edges between texts, too, which mean nothing.
    """
    at = np.flatnonzero(concepts)
    own = concepts.take(at)
    own &= _NUMBER
    return at[EDGE:] - EDGE, _concepts(own)


def _concepts(own: Table) -> Places:
    return concepts(own[EDGE:], [own[EDGE - back : own.size - back] for back in range(1, EDGE + 1)])


def concepts(one: Table, before: Sequence[Table]) -> Places:
    """Of concepts and the four before each, the nearest first."""
    out = np.empty((len(CHANNELS) - DENSE, one.size), dtype=np.uint32)
    out[0] = one
    out[1] = before[0] * _MIX + one
    out[2] = (before[1] * _MIX + before[0]) * _MIX + one
    near = out[3:7]  # as near as that, in either order
    near[:] = before
    more = np.maximum(one, near)
    np.minimum(one, near, out=near)
    near *= _MIX
    near += more
    out[7] = _mixed(one) ^ _mixed(before[0]) ^ _mixed(before[1])
    return _placed(out, DENSE)


def _mixed(own: Table) -> Table:
    mixed = (own + np.uint32(1)) * np.uint32(FIFTH)
    mixed ^= mixed >> np.uint32(13)
    return mixed


def _placed(out: Places, first: int) -> Places:
    out *= _LAST
    out ^= out >> np.uint32(15)
    out *= _MIX
    last = first + out.shape[0]
    out >>= SHIFTS[first:last]
    out += STARTS[first:last]
    return out

"""What the classifier looks at: neighbours among words, stems, kinds and concepts, as places in a table of weights.

Each token has as many of them as there are channels: those that end at it. So the sum over any window is the difference of
two running sums, and a long text costs no more a character than a short one.
"""

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.vocabulary import BEGINNING, Table

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
_SHIFTS = np.array([32 - bits for bits in _BITS.values()], dtype=np.uint32)[:, None]
_STARTS = np.array([OFFSETS[CHANNELS.index("near1" if name.startswith("near") else name)] for name in CHANNELS])[
    :, None
]
_MIX, _LAST = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
EDGE = 4
"""Tokens that stand for the beginning of a text."""
_NUMBER = np.uint32(BEGINNING - 1)
_DENSE = 12
"""Channels that every token has; the rest is for tokens with a concept."""

Places = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


def following(rows: Table) -> Places:
    """Of each token from the fifth on its places, a row a channel: texts may stand behind each other, edges before each."""
    size = rows.shape[1] - EDGE
    out = np.empty((_DENSE, size), dtype=np.uint32)
    one = rows[:, EDGE:]
    two = rows[:, 1:-1] * _MIX
    two += rows[:, 2:]
    three = out[6:9]
    out[0:3] = one
    out[3:6] = two[:, 2:]
    np.multiply(two[:, 1:-1], _MIX, out=three)
    three += one
    kind = rows[2]
    np.add(kind[1 : size + 1] * _MIX, three[2] * np.uint32(0x27D4EB2F), out=out[9])
    np.add(kind[0:size] * np.uint32(0x165667B1), out[9] * _MIX, out=out[10])
    np.add(rows[0, EDGE - 2 : -2] * _MIX, one[0] * np.uint32(0xC2B2AE3D), out=out[11])
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
    size = own.size - EDGE
    out = np.empty((len(CHANNELS) - _DENSE, size), dtype=np.uint32)
    out[0] = one = own[EDGE:]
    two, three = own[EDGE - 1 : -1], own[EDGE - 2 : -2]
    pair = own[1:-1] * _MIX
    pair += own[2:]
    out[1] = pair[2:]
    np.multiply(pair[1:-1], _MIX, out=out[2])
    out[2] += one
    near = out[3:7]  # as near as that, in either order
    near[0], near[1], near[2], near[3] = two, three, own[1 : size + 1], own[:size]
    more = np.maximum(one, near)
    np.minimum(one, near, out=near)
    near *= _MIX
    near += more
    mixed = (own + np.uint32(1)) * np.uint32(0x165667B1)
    mixed ^= mixed >> np.uint32(13)
    out[7] = mixed[EDGE:] ^ mixed[EDGE - 1 : -1] ^ mixed[EDGE - 2 : -2]
    return _placed(out, _DENSE)


def _placed(out: Places, first: int) -> Places:
    out *= _LAST
    out ^= out >> np.uint32(15)
    out *= _MIX
    last = first + out.shape[0]
    out >>= _SHIFTS[first:last]
    out += _STARTS[first:last]
    return out

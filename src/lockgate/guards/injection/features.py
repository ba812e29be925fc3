"""What the classifier looks at: neighbours among words, stems, kinds and concepts, as places in a table of weights.

Each token has as many of them as there are channels: those that end at it. So the sum over any window is the difference of
two running sums, and a long text costs no more a character than a short one.
"""

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.tokens import Table

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
_EDGE = 4
"""Tokens that stand for the beginning of a text."""
_NEAR = np.arange(_EDGE - 1, -1, -1)[:, None]
_DENSE = 12
"""Channels that every token has; the rest is for tokens with a concept."""

Places = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


def dense(table: Table) -> Places:
    """Of each token, its places: a row a channel."""
    size = table.shape[1]
    rows = np.zeros((3, size + _EDGE), dtype=np.uint32)
    rows[:, _EDGE:] = table[:3]
    out = np.empty((_DENSE, size), dtype=np.uint32)
    one = rows[:, _EDGE:]
    two = rows[:, _EDGE - 1 : -1] * _MIX + one
    three = (rows[:, _EDGE - 2 : -2] * _MIX + rows[:, _EDGE - 1 : -1]) * _MIX + one
    kind = rows[2]
    four = kind[1 : size + 1] * _MIX + three[2] * np.uint32(0x27D4EB2F)
    out[0:3] = one
    out[3:6] = two
    out[6:9] = three
    out[9] = four
    out[10] = kind[0:size] * np.uint32(0x165667B1) + four * _MIX
    out[11] = rows[0, _EDGE - 2 : -2] * _MIX + one[0] * np.uint32(0xC2B2AE3D)
    return _placed(out, 0)


def sparse(table: Table) -> tuple[npt.NDArray[np.intp], Places]:
    """The tokens with a concept, and of each its places: what stands between them does not matter, and for some not their order."""
    at = np.flatnonzero(table[3])
    size = at.size
    own = np.zeros(size + _EDGE, dtype=np.uint32)
    own[_EDGE:] = table[3, at]
    out = np.empty((len(CHANNELS) - _DENSE, size), dtype=np.uint32)
    out[0] = one = own[_EDGE:]
    two, three = own[_EDGE - 1 : -1], own[_EDGE - 2 : -2]
    out[1] = two * _MIX + one
    out[2] = (three * _MIX + two) * _MIX + one
    others = own[_NEAR + np.arange(size)]  # a table for all of them: as near as that, in either order
    out[3:7] = np.minimum(one, others) * _MIX + np.maximum(one, others)
    mixed = (own + np.uint32(1)) * np.uint32(0x165667B1)
    mixed ^= mixed >> np.uint32(13)
    out[7] = mixed[_EDGE:] ^ mixed[_EDGE - 1 : -1] ^ mixed[_EDGE - 2 : -2]
    return at, _placed(out, _DENSE)


def _placed(out: Places, first: int) -> Places:
    out *= _LAST
    out ^= out >> np.uint32(15)
    out *= _MIX
    last = first + out.shape[0]
    out >>= _SHIFTS[first:last]
    out += _STARTS[first:last]
    return out

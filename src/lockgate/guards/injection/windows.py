"""Where a text is cut into windows, in tokens: wide ones, and narrow ones for a short order in a long text. They overlap by half."""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

WIDE, NARROW = 64, 16
WHOLE = 96
"""A text of so many tokens is one window."""
SHORT = 4096
"""Windows of texts of so many tokens are remembered. Those of long ones would fill the memory, and come once."""
MANY = 8
CHANCE, LONG, NARROWER = 0.2, 0.8, 0.1

Indices = npt.NDArray[np.int64]


def wide(size: int) -> tuple[Indices, Indices]:
    """Where they begin and end; no token is left out. Nobody changes what is given."""
    if size <= WHOLE:
        whole = min(size, 1)
        return np.zeros(whole, dtype=np.int64), np.full(whole, size, dtype=np.int64)
    return _cut(size, WIDE)


def narrow(size: int) -> tuple[Indices, Indices]:
    """None of a text that is one window."""
    return _cut(size, NARROW) if size > WHOLE else wide(0)


def _cut(size: int, width: int) -> tuple[Indices, Indices]:
    return _known(size, width) if size <= SHORT else _made(size, width)


def _made(size: int, width: int) -> tuple[Indices, Indices]:
    starts = np.append(np.arange(0, size - width, width // 2), size - width)
    return starts, starts + width


_known = lru_cache(256)(_made)


def chance(windows: int) -> float:
    """Of many wide windows one is high by chance: so much less is each worth. Chosen on documents that nothing is measured on."""
    return CHANCE * math.log(windows) + LONG * max(0.0, math.log(windows / MANY))


def narrow_chance(windows: int) -> float:
    """The same for narrow ones."""
    return NARROWER * math.log(windows)

"""Where a text is cut into windows, in tokens. They overlap, and no token is left out."""

import numpy as np
import numpy.typing as npt

WIDE = 64
STEP = 32
WHOLE = 96
"""A text of so many tokens is one window."""
CHANCE = 0.4
"""Of many windows one is high by chance: so much less is each worth, times the logarithm of their number."""

Indices = npt.NDArray[np.int64]


def starts_and_ends(size: int) -> tuple[Indices, Indices]:
    if size <= WHOLE:
        whole = min(size, 1)
        return np.zeros(whole, dtype=np.int64), np.full(whole, size, dtype=np.int64)
    starts = np.append(np.arange(0, size - WIDE, STEP), size - WIDE)
    return starts, starts + WIDE

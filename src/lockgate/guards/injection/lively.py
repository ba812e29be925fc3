"""Which of several texts may have a window that scores too high: sums of all of them in one go say it nearly, and most are far from it."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.features import Floats
from lockgate.guards.injection.windows import NARROW, WHOLE, WIDE, Indices, chance, narrow_chance

CLOSE = 1e-6
"""Far more than sums in another order differ by."""
SEVERAL = 16
"""Fewer short texts are added up one by one."""
Spans = Sequence[tuple[int, int]]
_ROOTS = [math.sqrt(size + 4.0) for size in range(WHOLE + 1)]
_EVERY_ROOT = np.array(_ROOTS)


def lowest(bias: float, least: float) -> float:
    """What a window's tokens have to weigh, for the root of its size."""
    return least - bias - CLOSE


def lively(weights: Floats, spans: Spans, bias: float, least: float, *, narrow: bool) -> list[int]:
    """Their numbers, in order. `least`: no window matters that is below it; `narrow`: there are such windows, too."""
    low = lowest(bias, least)
    sizes = [end - start for start, end in spans]
    if len(sizes) < SEVERAL and max(sizes, default=0) <= WHOLE:
        own = weights.tolist()
        return [at for at, (start, end) in enumerate(spans) if sum(own[start:end]) > low * _ROOTS[end - start]]
    sums = _sums(weights)
    short = [number for number, size in enumerate(sizes) if size <= WHOLE]
    long = [(number, *spans[number]) for number, size in enumerate(sizes) if size > WHOLE]
    found = _short(sums, spans, short, low) if short else []
    for width in ((WIDE, NARROW) if narrow else (WIDE,)) if long else ():
        found += _long(sums, long, low, width)
    return sorted(set(found))


def above_one(weights: Floats, starts: Indices, ends: Indices, low: float) -> npt.NDArray[np.bool_]:
    """Of texts that are one window each, whether it may score so much."""
    sums = _sums(weights)
    scores = sums.take(ends)
    scores -= sums.take(starts)
    return scores > (low * _EVERY_ROOT).take(ends - starts)


def _sums(weights: Floats) -> Floats:
    sums = np.zeros(weights.size + 1)
    weights.cumsum(out=sums[1:])
    return sums


def _short(sums: Floats, spans: Spans, numbers: Sequence[int], low: float) -> list[int]:
    """Those that are one window."""
    which = np.array(numbers)
    starts, ends = np.array(spans).take(which, axis=0).T
    scores = (sums.take(ends) - sums.take(starts)) / np.sqrt(ends - starts + 4.0)
    found: list[int] = which[scores > low].tolist()
    return found


def _long(sums: Floats, texts: Sequence[tuple[int, int, int]], low: float, width: int) -> list[int]:
    """Those with several windows, of one width: where these are, `windows` says."""
    numbers, starts, ends = np.array(texts).T
    last = ends - starts - width
    counts = -(-last // (width // 2)) + 1
    stops = counts.cumsum()
    at = np.arange(int(stops[-1]))
    at -= (stops - counts).repeat(counts)
    at *= width // 2
    np.minimum(at, last.repeat(counts), out=at)
    at += starts.repeat(counts)
    scores = sums.take(at + width) - sums.take(at)
    price = chance if width == WIDE else narrow_chance
    lows = np.array([low + price(count) for count in counts.tolist()]) * math.sqrt(width + 4.0)
    above = (scores > lows.repeat(counts)).nonzero()[0]
    found: list[int] = numbers.repeat(counts).take(above).tolist() if above.size else []
    return found

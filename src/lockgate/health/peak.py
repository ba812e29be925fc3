"""Means of times that are quick to believe the worse and slow to believe the better."""

from math import exp

TAU = 10.0
"""Seconds after which a mean has forgotten two thirds of what it was."""


def peak(mean: float, seen: float, since: float) -> float:
    """A mean that jumps up and comes down slowly."""
    if seen >= mean:
        return seen
    kept = exp(-max(0.0, since) / TAU)
    return mean * kept + seen * (1 - kept)

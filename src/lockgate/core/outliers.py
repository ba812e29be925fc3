"""Which of several upstreams does so much worse than the others that it is better left out: Envoy's rule of success rates."""

from collections.abc import Mapping
from math import sqrt

HOSTS = 5
"""As many upstreams must have been asked often enough: among fewer, nobody can say who is unlike the others."""
VOLUME = 100
"""Requests in an interval that are enough to say something."""
DEVIATIONS = 1.9
PERCENT = 10
"""Of all upstreams may be out at once, and one at least."""


def outliers(seen: Mapping[int, tuple[int, int]], among: int, out: int) -> list[int]:
    """Those to leave out, the worst first. `seen` are good and all answers of each in the last interval.

    `among` is how many upstreams there are, `out` how many of them are out already. The last one never goes.
    """
    rates = {who: good / every for who, (good, every) in seen.items() if every >= VOLUME}
    room = min(max(1, among * PERCENT // 100), among - 1) - out
    if len(rates) < HOSTS or room <= 0:
        return []
    mean = sum(rates.values()) / len(rates)
    deviation = sqrt(sum((rate - mean) ** 2 for rate in rates.values()) / len(rates))
    least = mean - DEVIATIONS * deviation
    return sorted((who for who, rate in rates.items() if rate < least), key=rates.__getitem__)[:room]

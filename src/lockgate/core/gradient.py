"""How many requests may be at work at once: learned from how long they take, compared with how long they take unhindered."""

from dataclasses import dataclass
from math import sqrt
from typing import final

FLOOR, CEILING, START = 64, 4096, 128
TOLERANCE, SLACK = 2.0, 0.010
"""Twice the usual time and 10 ms more is still well: a flush of the audit log may begin just before or just after. Not the 10 ms
while others wait: with more at work than keep the processor busy each of them only takes longer, and finds less of what it needs in
the processor's caches.
"""

STEEPEST = 0.7
"""A window takes away this share at the most: one bad window is no trend."""

EXPECTED = 0.010
"""The usual time before any is known. The first one may be that of a crowd which waited for this process to begin."""

DOWN, UP = 0.2, 0.05
"""How much of the difference the usual time follows in a window: quick to what is better, slow to what is worse."""

UNHINDERED = 0.5
"""Below this share of the limit it is not the limit that makes requests wait."""


@final
@dataclass(slots=True)
class Gradient:
    """Envoy's gradient with its headroom, and a baseline as Netflix has it. Times are seconds, of a window's mean request.

    The usual time is learned while the limit is not in the way. When it is, a long time says only that there is too much
    to do; unless the limit is at its least, for then the time is what it is. It grows only while all of it is used: one that
    may be twice as large as what is used lets so many in when a crowd comes that all of them are slow.
    """

    limit: int = START
    usual: float = EXPECTED

    def learn(self, own: float, most: int, *, waited: bool = False) -> None:
        """After a window: how long requests took, how many there were at once at the most, and whether others waited for a
        place meanwhile.
        """
        usual = self.usual
        free = not waited and most < self.limit * UNHINDERED
        if own < usual:
            usual += (own - usual) * DOWN
        elif free or self.limit <= FLOOR:
            usual += (own - usual) * UP
        self.usual = usual
        well = usual * TOLERANCE if waited else usual * TOLERANCE + SLACK
        slope = min(1.0, well / own) if own > 0 else 1.0
        if slope < 1.0:
            self.limit = max(FLOOR, int(self.limit * max(slope, STEEPEST)))
        elif most >= self.limit:
            self.limit = min(CEILING, self.limit + int(sqrt(self.limit)))

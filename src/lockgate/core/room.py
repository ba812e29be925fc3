"""For how many there is room in the line: a crowd that comes of a sudden has more than one that never ends."""

from dataclasses import dataclass
from math import inf
from typing import final

WAIT, BURST = 0.05, 0.2
"""Seconds that one should wait at the most where somebody always waits, so that a no is heard at once and those who are served
are served soon; and where nobody waited just before. Many who begin in the same moment are no overload: it ends by itself."""
LEAST, FIRST = 64, 2000.0
"""So many may always wait; and the requests a second from which learning begins how many get their turn."""
QUICK = 0.2
"""How much of the difference the known rate follows in a window."""


@final
@dataclass(slots=True)
class Room:
    """Times are seconds of any clock that never jumps."""

    rate: float = FIRST
    _waits: bool = False
    _since: float = -inf
    """When the line began that there is, or that there was last."""
    _ended: float = -inf

    def at(self, now: float) -> int:
        """How many may wait now."""
        stands = now - self._since > BURST and (self._waits or now - self._ended <= WAIT)
        return max(LEAST, int(self.rate * (WAIT if stands else BURST)))

    def seen(self, now: float, *, waits: bool) -> None:
        """Whether anybody waits. A line that was empty for a moment has not ended."""
        if waits and not self._waits and now - self._ended > WAIT:
            self._since = now
        elif self._waits and not waits:
            self._ended = now
        self._waits = waits

    def learn(self, rate: float) -> None:
        """How many got their turn in a second while others waited all the time."""
        self.rate += (rate - self.rate) * QUICK

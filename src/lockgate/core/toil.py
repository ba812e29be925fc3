"""How much of one document is looked at: beyond it there is no verdict, so a hostile one cannot keep a process busy."""

from typing import Protocol, runtime_checkable

from lockgate.core.finding import Failed

MOST = 50_000
"""Candidates that one guard looks at in one document: as many addresses fill no model's context."""
MOST_HITS = 200_000
"""Hits of all guards in one document."""
MOST_SEEN = 500_000
"""Hits of the automata, with those that mean nothing to anybody who was asked."""
MOST_READ = 5_000_000
"""Characters of a text that a guard reads as a whole: more than a million tokens."""
TOO_MANY = Failed("too_many")


class TooMany(Exception):
    """More in a document than can be looked at."""


@runtime_checkable
class Costly(Protocol):
    """A guard that says itself how many candidates of one document it looks at."""

    @property
    def most(self) -> int: ...


class Toil:
    """What looking at one document has cost so far. Each guard has its own share, so that none is in another one's way."""

    __slots__ = ("_done", "hits", "seen")

    def __init__(self) -> None:
        self.hits = MOST_HITS
        self.seen = MOST_SEEN
        self._done: dict[int, int] = {}

    def begin(self) -> None:
        """Raises `TooMany` once one of the bounds on all guards was reached: nothing more is looked at."""
        if self.hits < 0 or self.seen < 0:
            raise TooMany

    def saw(self, number: int) -> None:
        self.seen -= number
        self.begin()

    def hit(self, number: int) -> None:
        self.hits -= number
        self.begin()

    def may(self, guard: int, candidates: int, most: int) -> bool:
        """Whether the guard may look at so many more. Where it may not, it may look at none from now on."""
        done = self._done[guard] = self._done.get(guard, 0) + candidates
        return done <= most

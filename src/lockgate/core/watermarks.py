"""How full the memory may be before classes of requests are refused, and how much emptier before they are served again."""

from lockgate.core.rank import NOBODY, Rank

MARKS = (0.85, 0.92, 0.95)
"""From here on: no `free` ones, no `paid` ones, nobody."""
SLACK = 0.03
"""Below its mark by this much a class is served again, so that nothing flickers."""


def least(used: float, before: int) -> int:
    """The least class that is served when so much of the memory is used, and `before` was it until now."""
    now = sum(used >= mark for mark in MARKS)
    if now >= before:
        return now
    return max(now, sum(used >= mark - SLACK for mark in MARKS[:before]))


def served(least: int) -> str:
    """In words, for the log."""
    if least >= NOBODY:
        return "no new requests are served"
    return "all requests are served" if least <= Rank.FREE else f"only requests of class {Rank(least).word} and above"

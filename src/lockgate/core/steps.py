"""How much of one request is looked through for what it names. While that is done nothing else is, so there is an end to it."""

from typing import final

from lockgate.core.problem import Kind, Problem

MOST = 100_000
"""Fields and objects. A conversation of 6,000 turns with calls in most of them has a third of that."""
WORDS = 16
"""So many texts or numbers in a list make a step."""


@final
class Steps:
    """Those that are left."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST

    def take(self, steps: int) -> None:
        """Raises the `Problem` of a request that has more."""
        self._left -= steps
        if self._left < 0:
            raise Problem(
                Kind.INVALID, "the request has too many fields and ids to look through for what upstreams keep"
            )

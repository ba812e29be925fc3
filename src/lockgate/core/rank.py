"""The classes of requests, for when not all of them can be served."""

import enum
from collections.abc import Mapping


class Rank(enum.IntEnum):
    """The higher one goes first and is refused last."""

    FREE = 0
    PAID = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """As people write it."""
        return self.name.lower()


RANKS: Mapping[str, Rank] = {rank.word: rank for rank in Rank}
NOBODY = len(Rank)
"""Above the highest: the least class that is served when none is."""

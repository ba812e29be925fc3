"""Requests of those whom nobody knows: the first ones have a record each, a flood of them is told as numbers.

Whoever has no key can send any number of requests, and were each of them a line, fill the disk with it: then nothing could be
written down any more, and nobody be served. So a line that costs its sender nothing is not to be had without end.
"""

from typing import final

from lockgate.core.address import one_client
from lockgate.core.http import Shed

FIRST = 50
"""Records of each address and reason between two tellings, which are a second apart."""
ALL = 200
"""Of all of them together."""
ROWS = 32
"""Addresses and reasons that are told apart meanwhile."""
FLOOD = Shed(0.5)
"""Who is not recorded any more is not read for so many seconds where that keeps others from their turn."""
OTHERS = "others"
"""What the addresses beyond them are called."""


@final
class Strangers:
    """Of one process. Every request is either to be recorded or in what is told: none is in both, and none in neither."""

    __slots__ = ("_all", "_rows")

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[int]] = {}
        self._all = 0

    def counted(self, client: str, reason: str) -> bool:
        """One more. True: it is in the numbers, and has no record."""
        key = one_client(client), reason
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= ROWS:
                key = OTHERS, reason
            row = self._rows.setdefault(key, [0, 0])
        if row[0] < FIRST and self._all < ALL:
            row[0] += 1
            self._all += 1
            return False
        row[1] += 1
        return True

    def told(self) -> list[tuple[str, str, int]]:
        """Address, reason, and how many since the last time; and all begin anew."""
        told = [(client, reason, number) for (client, reason), (_, number) in self._rows.items() if number]
        self._rows.clear()
        self._all = 0
        return told

"""Where matches began: the automaton only says where they ended."""

from collections.abc import Sequence
from typing import Any

from lockgate.core.guard import Guard
from lockgate.patterns.scans import furthest
from lockgate.patterns.table import mirror


class Mirror:
    """Where a match began, for patterns that ask: the text before its end, read backwards.

    hyperscan can tell starts itself, but its way there crashes on some patterns.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        asking = [
            (number, index)
            for number, guard in enumerate(guards)
            for index, pattern in enumerate(guard.patterns)
            if pattern.spans
        ]
        self._lines = {place: line for line, place in enumerate(asking)}
        self._reach = [guard.reach for guard in guards]
        self.wanted = [mirror(guards[number].patterns[index]) for number, index in asking]
        self.automaton: Any = None

    def start(self, number: int, index: int, text: str, end: int) -> int:
        """Of all matches that end here, the longest; -1 where it is longer than the guard's reach."""
        back = text[max(0, end - self._reach[number] - 1) : end][::-1]
        data = back.encode("utf-8", "replace")
        ends: dict[int, int] = {}
        self.automaton.scan(data, match_event_handler=furthest, context=ends)
        far = ends.get(self._lines[number, index], 0)
        length = far if len(data) == len(back) else len(data[:far].decode("utf-8", "ignore"))
        return end - length if length else -1

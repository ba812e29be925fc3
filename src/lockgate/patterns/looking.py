"""The engine of a configuration: what the pipeline asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lockgate.core.guard import Failed, Guard, Hole, Verdict
from lockgate.patterns.engine import NOTHING, Scanner, judged


class Looking:
    """One for all rules of a configuration: guards are numbered in the order they were given."""

    def __init__(self, guards: Sequence[Guard], cache: Path | None = None) -> None:
        self._scanner = Scanner(guards, cache)
        self._guards = self._scanner.guards
        self.before = self._scanner.before
        self.reach = self._scanner.reach

    def look(self, text: str, guards: frozenset[int]) -> Mapping[int, Verdict]:
        try:
            hits = self._scanner.hits(text, guards)
        except Exception as error:  # noqa: BLE001  no scan, no verdict
            return dict.fromkeys(guards, Failed(type(error).__name__))
        return judged(self._guards, text, hits) if hits else NOTHING

    def disguises(self, text: str) -> Sequence[Hole]:
        return ()

    def growing(self, text: str, guards: frozenset[int]) -> int:
        return self._scanner.growing(text, guards)

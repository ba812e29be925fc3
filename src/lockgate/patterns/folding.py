"""Words in any case and in leetspeak: looked for in a text that is folded as they are, character by character."""

import re
from collections.abc import Sequence
from pathlib import Path

from lockgate.core.guard import Finding, Guard, Hit, Pattern
from lockgate.core.hits import Hits
from lockgate.core.toil import Toil
from lockgate.patterns.disguise import folded
from lockgate.patterns.engine import Scanner

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class _Words:
    """The folded words of a guard, as patterns of their own; `numbers` are those that they have there."""

    before = 0

    def __init__(self, guard: Guard) -> None:
        self.numbers = [number for number, pattern in enumerate(guard.patterns) if pattern.folded]
        words = [folded(_ESCAPED.sub(r"\1", guard.patterns[number].expression)) for number in self.numbers]
        self.patterns = tuple(Pattern(re.escape(word), spans=True) for word in words)
        self.reach = max(map(len, words), default=1)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        """Never asked: the guard itself is."""
        return ()


class Folding:
    """The words of all guards that have such."""

    def __init__(self, guards: Sequence[Guard], cache: Path | None) -> None:
        self._words = [_Words(guard) for guard in guards]
        self._scanner = Scanner(self._words, cache)
        self.guards = frozenset(number for number, words in enumerate(self._words) if words.patterns)

    def hits(self, text: str, guards: frozenset[int], toil: Toil) -> dict[int, Hits]:
        """By guard, with the numbers that its patterns have there."""
        found, _ = self._scanner.hits(folded(text), guards, toil)
        return {number: hits.called(self._words[number].numbers) for number, hits in found.items()}

    def growing(self, text: str, guards: frozenset[int]) -> int:
        return self._scanner.growing(folded(text[-self._scanner.reach :]), guards)

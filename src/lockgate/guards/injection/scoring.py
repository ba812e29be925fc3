"""The guard's own score, for measuring: a threshold hides what lies below it."""

from collections.abc import Sequence

from lockgate.core.guard import Finding, Hit
from lockgate.guards.injection.artifact import read
from lockgate.guards.injection.classifier import NOTHING, Classifier, highest
from lockgate.guards.injection.phrases import KINDS
from lockgate.patterns.kinds import Kinds
from lockgate.patterns.looking import Looking

PHRASE = 4.0
"""What a phrase of tier 1 adds."""
ONE = frozenset((0,))


class Scoring:
    """In the place of the guard: keeps the highest score above the threshold `medium`, and whether a phrase was found."""

    def __init__(self, *, untrusted: bool = False) -> None:
        self._kinds = Kinds(KINDS)
        self.patterns, self.reach, self.before = self._kinds.patterns, self._kinds.reach, self._kinds.before
        heads = read()
        self._heads = tuple(heads.values()) if untrusted else (heads["trusted"],)
        self._classifier = Classifier()
        self._highest, self._phrase = NOTHING, False
        self._engine = Looking([self], streams=False)
        self._place = "tool_result" if untrusted else "user"

    def score(self, text: str) -> float:
        self._highest, self._phrase = NOTHING, False
        self._engine.look(text, ONE, place=self._place)
        return self._highest + (PHRASE if self._phrase else 0.0)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        self._phrase = self._phrase or bool(self._kinds.confirm(text, hits))
        return ()

    def read(self, text: str, place: str) -> Sequence[Finding]:
        words = self._classifier.words(text)
        others = [other for _, found in words.otherwise() for other in found]
        for each in (words, self._classifier.words(*others)):
            for head, scores in zip(self._heads, self._classifier.scores(each, self._heads), strict=True):
                self._highest = max(self._highest, *(highest(own) - head.thresholds[1] for own in scores), NOTHING)
        return ()

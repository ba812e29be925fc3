"""The classifier as a guard that keeps the highest score it saw, for measuring: a threshold hides what lies below it."""

from collections.abc import Sequence

from lockgate.core.guard import Finding, Hit, Pattern
from lockgate.guards.injection.artifact import read
from lockgate.guards.injection.classifier import Classifier
from lockgate.guards.injection.otherwise import otherwise


class Scoring:
    """`highest`: above the threshold of its head, of all that was read since it was set."""

    patterns: Sequence[Pattern] = ()
    reach, before = 1, 0

    def __init__(self, *, untrusted: bool) -> None:
        heads = read()
        self._heads = tuple(heads.values()) if untrusted else (heads["trusted"],)
        self._classifier = Classifier()
        self.highest = 0.0

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return ()

    def read(self, text: str, place: str) -> Sequence[Finding]:
        words = self._classifier.words(text)
        for each in (words, *map(self._classifier.words, otherwise(text, words.table))):
            for head in self._heads:
                self.highest = max(self.highest, self._classifier.score(each, head) - head.thresholds[1])
        return ()

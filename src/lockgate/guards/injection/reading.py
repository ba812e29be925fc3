"""Tier 2: a text, and what else it may say, through the classifier."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

from lockgate.core.guard import Finding
from lockgate.guards.injection.artifact import LEVELS
from lockgate.guards.injection.classifier import Classifier, Cut, Words, confidence
from lockgate.guards.injection.otherwise import otherwise

LABEL = "injection"
Limits = Sequence[tuple[Cut, float]]
REMEMBERED = 4096
"""Texts whose findings are remembered, by digest, those that were used last: a conversation comes again with each turn, and the
words of a protocol with each request.
"""


class Reading:
    """What a user says is read by wide windows; what comes from elsewhere by narrow ones, too."""

    def __init__(self, trusted: str, untrusted: str) -> None:
        self._classifier = Classifier()
        model = self._classifier.model
        at = LEVELS.index(untrusted)
        self._trusted: Limits = (("wide", model.wide[LEVELS.index(trusted)]),)
        self._untrusted: Limits = (("wide", model.wide[at]), ("narrow", model.narrow[at]))
        self._known: OrderedDict[bytes, Sequence[Finding]] = OrderedDict()

    def found(self, text: str, *, untrusted: bool) -> Sequence[Finding]:
        key = blake2b(
            text.encode("utf-8", "surrogatepass"), digest_size=16, person=b"u" if untrusted else b"t"
        ).digest()
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._found(text, untrusted=untrusted)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found

    def _found(self, text: str, *, untrusted: bool) -> Sequence[Finding]:
        limits = self._untrusted if untrusted else self._trusted
        words = self._classifier.words(text)
        found = list(self._above(words, limits))
        for other in otherwise(text, words.table):
            above = self._above(self._classifier.words(other), limits)
            # Where it stands there says nothing of where it stands here.
            found += [Finding(0, len(text), LABEL, each.confidence) for each in above[:1]]
        return found

    def _above(self, words: Words, limits: Limits) -> Sequence[Finding]:
        sums = self._classifier.sums(words)
        return [
            Finding(start, end, LABEL, confidence(score, threshold))
            for cut, threshold in limits
            for start, end, score in self._classifier.above(words, sums, cut, threshold)
        ]

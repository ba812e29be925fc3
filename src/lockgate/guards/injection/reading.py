"""Tier 2: a text, and what else it may say, through the classifier."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

from lockgate.core.guard import Finding
from lockgate.guards.injection.artifact import LEVELS, Head, read
from lockgate.guards.injection.classifier import Classifier, Words, confidence
from lockgate.guards.injection.otherwise import otherwise

LABEL = "injection"
REMEMBERED = 4096
"""Texts whose findings are remembered, by digest, those that were used last: a conversation comes again with each turn, and the
words of a protocol with each request.
"""


class Reading:
    """Of what a user says one head decides; of what comes from elsewhere either of two."""

    def __init__(self, trusted: str, untrusted: str) -> None:
        heads = read()
        one = (heads["trusted"], heads["trusted"].thresholds[LEVELS.index(trusted)])
        two = (heads["untrusted"], heads["untrusted"].thresholds[LEVELS.index(untrusted)])
        at = heads["trusted"].thresholds[LEVELS.index(untrusted)]
        self._trusted: Sequence[tuple[Head, float]] = (one,)
        self._untrusted: Sequence[tuple[Head, float]] = ((heads["trusted"], at), two)
        self._classifier = Classifier()
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
        heads = self._untrusted if untrusted else self._trusted
        words = self._classifier.words(text)
        found = list(self._above(words, heads))
        for other in otherwise(text, words.table):
            above = self._above(self._classifier.words(other), heads)
            # Where it stands there says nothing of where it stands here.
            found += [Finding(0, len(text), LABEL, each.confidence) for each in above[:1]]
        return found

    def _above(self, words: Words, heads: Sequence[tuple[Head, float]]) -> Sequence[Finding]:
        return [
            Finding(start, end, LABEL, confidence(score, threshold))
            for head, threshold in heads
            for start, end, score in self._classifier.above(words, head, threshold)
        ]

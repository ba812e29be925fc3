"""Tier 2: a text, and what else it may say, through the classifier."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

from lockgate.core.guard import Finding
from lockgate.guards.injection.artifact import LEVELS, Head, read
from lockgate.guards.injection.classifier import Classifier, Words, above, confidence, highest

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
        key = _key(text, untrusted=untrusted)
        found = self._known.get(key)
        if found is None:
            self._keep(key, found := self._found([text], untrusted=untrusted)[0])
        else:
            self._known.move_to_end(key)
        return found

    def ahead(self, texts: Sequence[str], *, untrusted: bool) -> None:
        """Texts that will be asked for soon, each once: all are read in one go, which costs a fraction of reading each."""
        new = {key: text for text in texts if (key := _key(text, untrusted=untrusted)) not in self._known}
        if len(new) > 1:
            for key, found in zip(new, self._found(list(new.values()), untrusted=untrusted), strict=True):
                self._keep(key, found)

    def _keep(self, key: bytes, found: Sequence[Finding]) -> None:
        self._known[key] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _found(self, texts: Sequence[str], *, untrusted: bool) -> Sequence[Sequence[Finding]]:
        heads = self._untrusted if untrusted else self._trusted
        words = self._classifier.words(*texts)
        found = self._above(words, heads)
        for number, others in words.otherwise():
            for other in self._above(self._classifier.words(*others), heads):
                # Where it stands there says nothing of where it stands here.
                found[number] += [Finding(0, len(texts[number]), LABEL, each.confidence) for each in other[:1]]
        return found

    def _above(self, words: Words, heads: Sequence[tuple[Head, float]]) -> list[list[Finding]]:
        found: list[list[Finding]] = [[] for _ in words.texts]
        every = self._classifier.scores(words, [head for head, _ in heads])
        for (_, threshold), scores in zip(heads, every, strict=True):
            for number, own in enumerate(scores):
                if highest(own) > threshold:
                    start, end = words.spans[number]
                    found[number] += [
                        Finding(begin, stop, LABEL, confidence(score, threshold))
                        for begin, stop, score in above(words.texts[number], own, end - start, threshold)
                    ]
        return found


def _key(text: str, *, untrusted: bool) -> bytes:
    person = b"u" if untrusted else b"t"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, person=person).digest()

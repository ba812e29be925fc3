"""Tier 2: a text, and what else it may say, through the classifier."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from lockgate.core.guard import Finding
from lockgate.guards.injection.artifact import LEVELS
from lockgate.guards.injection.classifier import Classifier, Cut, Words, above, confidence, highest
from lockgate.guards.injection.features import Floats

LABEL = "injection"
Limits = Sequence[tuple[Cut, float]]
Asked = tuple[str, bool]
"""A text, and whether it is from elsewhere."""
REMEMBERED = 4096
"""Texts whose findings are remembered, by digest, those that were used last: a conversation comes again with each turn, and the
words of a protocol with each request.
"""
TOGETHER, LEAST = 8192, 32
"""So many characters wait at most, each text counting for so many at least: more are read when they come."""


class Reading:
    """What a user says is read by wide windows; what comes from elsewhere by narrow ones, too."""

    def __init__(self, trusted: str, untrusted: str) -> None:
        self._classifier = Classifier()
        model = self._classifier.model
        at = LEVELS.index(untrusted)
        self._trusted: Limits = (("wide", model.wide[LEVELS.index(trusted)]),)
        self._untrusted: Limits = (("wide", model.wide[at]), ("narrow", model.narrow[at]))
        self._known: OrderedDict[bytes, Sequence[Finding]] = OrderedDict()
        self._waiting: dict[bytes, Asked] = {}
        self._keys: dict[Asked, bytes] = {}
        self._room = TOGETHER

    def soon(self, texts: Sequence[Asked]) -> None:
        """They will be asked for: they are read with the first that is, of whichever request it may be."""
        for asked in texts:
            if asked not in self._keys and (key := _key(asked)) not in self._known:
                self._keys[asked], self._waiting[key] = key, asked
                self._room -= len(asked[0]) + LEAST
        if self._room <= 0:
            self._read_new({})

    def found(self, texts: Sequence[Asked]) -> Sequence[Sequence[Finding]]:
        """In each text. Those that are not known are read in one go, which costs a fraction of reading each."""
        keys = [self._keys.get(asked) or _key(asked) for asked in texts]
        known: dict[bytes, Sequence[Finding]] = {}
        new: dict[bytes, Asked] = {}
        for key, asked in zip(keys, texts, strict=True):
            found = self._known.get(key)
            if found is None:
                new[key] = asked
            else:
                self._known.move_to_end(key)
                known[key] = found
        if new:
            known |= self._read_new(new)
        return [known[key] for key in keys]

    def in_slices(self, asked: Asked) -> Iterator[None]:
        """A long text is read in steps, and its findings are known then."""
        if (key := _key(asked)) not in self._known:
            words, summed = yield from self._classifier.long(asked[0])
            self._keep({key: self._findings([asked], words, summed)[0]})

    def _read_new(self, new: dict[bytes, Asked]) -> dict[bytes, Sequence[Finding]]:
        """These, and all that wait. Those are of other requests: one that cannot be read is no reason not to read these."""
        asked = self._waiting | new
        self._waiting, self._keys, self._room = {}, {}, TOGETHER
        try:
            return self._read_all(asked)
        except Exception:
            if len(asked) == len(new):
                raise
            return self._read_all(new)

    def _read_all(self, asked: dict[bytes, Asked]) -> dict[bytes, Sequence[Finding]]:
        read = dict(zip(asked, self._read(list(asked.values())), strict=True)) if asked else {}
        self._keep(read)
        return read

    def _keep(self, read: dict[bytes, Sequence[Finding]]) -> None:
        self._known |= read
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, asked: Sequence[Asked]) -> Sequence[Sequence[Finding]]:
        words = self._classifier.words(*(text for text, _ in asked))
        return self._findings(asked, words, self._classifier.running(words))

    def _findings(self, asked: Sequence[Asked], words: Words, summed: Sequence[Floats]) -> Sequence[Sequence[Finding]]:
        limits = [self._untrusted if untrusted else self._trusted for _, untrusted in asked]
        found = self._above(words, summed, limits)
        for number, others in words.otherwise():
            said = self._classifier.words(*others)
            for other in self._above(said, self._classifier.running(said), [limits[number]] * len(others)):
                # Where it stands there says nothing of where it stands here.
                found[number] += [Finding(0, len(asked[number][0]), LABEL, each.confidence) for each in other[:1]]
        return found

    def _above(self, words: Words, summed: Sequence[Floats], limits: Sequence[Limits]) -> list[list[Finding]]:
        """Of each text, by its own limits."""
        found: list[list[Finding]] = []
        for number, running in enumerate(summed):
            own: list[Finding] = []
            for cut, threshold in limits[number]:
                scores = self._classifier.windows(running, cut)
                if highest(scores) > threshold:
                    own += [
                        Finding(begin, stop, LABEL, confidence(score, threshold))
                        for begin, stop, score in above(words.texts[number], scores, running.size, cut, threshold)
                    ]
            found.append(own)
        return found


def _key(asked: Asked) -> bytes:
    text, untrusted = asked
    return sha256((b"u" if untrusted else b"t") + text.encode("utf-8", "surrogatepass")).digest()

"""Tier 2: a text, and what else it may say, through the classifier."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from lockgate.core.guard import Finding
from lockgate.guards.injection.artifact import LEVELS
from lockgate.guards.injection.classifier import Classifier, Cut, Words, above, confidence, highest

LABEL = "injection"
Limits = Sequence[tuple[Cut, float]]
Asked = tuple[str, bool]
"""A text, and whether it is from elsewhere."""
REMEMBERED = 4096
"""Texts whose findings are remembered, by digest, those that were used last: a conversation comes again with each turn, and the
words of a protocol with each request.
"""
TOGETHER, LEAST = 16_384, 32
"""So many characters wait at most, each text counting for so many at least: more are read when they come."""
TOLD = 512
"""Texts that somebody said will be asked for, at most: some are not."""


class Reading:
    """What a user says is read by wide windows; what comes from elsewhere by narrow ones, too."""

    def __init__(self, trusted: str, untrusted: str) -> None:
        self._classifier = Classifier()
        model = self._classifier.model
        at = LEVELS.index(untrusted)
        self._trusted: Limits = (("wide", model.wide[LEVELS.index(trusted)]),)
        self._untrusted: Limits = (("wide", model.wide[at]), ("narrow", model.narrow[at]))
        self._least = min(threshold for _, threshold in (*self._trusted, *self._untrusted))
        self._known: OrderedDict[bytes, Sequence[Finding]] = OrderedDict()
        self._waiting: dict[bytes, Asked] = {}
        self._keys: dict[Asked, bytes] = {}
        self._room = TOGETHER

    def soon(self, texts: Sequence[Asked]) -> Iterator[None]:
        """They will be asked for: they are read with the first that is, of whichever request it may be; many are read now, in steps."""
        if len(self._keys) > TOLD:
            self._keys.clear()
        new: dict[bytes, Asked] = {}
        size = 0
        for asked in texts:
            if asked not in self._keys and (key := _key(asked)) not in self._known:
                self._keys[asked], new[key] = key, asked
                size += len(asked[0]) + LEAST
        if size > TOGETHER:
            yield from self._in_steps(new)
            return
        self._waiting |= new
        self._room -= size
        if self._room <= 0:
            self._read_new({})
            self._forget()

    def _in_steps(self, new: dict[bytes, Asked]) -> Iterator[None]:
        asked = list(new.values())
        words = yield from self._classifier.several([text for text, _ in asked])
        self._known |= zip(new, self._findings(asked, words), strict=True)
        self._forget()

    def found(self, texts: Sequence[Asked]) -> Sequence[Sequence[Finding]]:
        """In each text. Those that are not known are read in one go, which costs a fraction of reading each."""
        keys = [self._keys.pop(asked, b"") or _key(asked) for asked in texts]
        known = self._known
        if new := {key: asked for key, asked in zip(keys, texts, strict=True) if key not in known}:
            self._read_new(new)
        found = list(map(known.__getitem__, keys))
        for key in keys:
            known.move_to_end(key)
        self._forget()
        return found

    def stirring(self, texts: Sequence[str], *, untrusted: bool) -> Sequence[int]:
        """The numbers of those in which there may be something; `untrusted`: one of them is from elsewhere."""
        if not texts:
            return ()
        return self._classifier.stirring(self._classifier.words(*texts), self._least, narrow=untrusted)

    def in_slices(self, asked: Asked) -> Iterator[None]:
        """A long text is read in steps, and its findings are known then."""
        if (key := _key(asked)) not in self._known:
            words = yield from self._classifier.long(asked[0])
            self._known[key] = self._findings([asked], words)[0]
            self._forget()

    def _read_new(self, new: dict[bytes, Asked]) -> None:
        """These, and all that wait. Those are of other requests: one that cannot be read is no reason not to read these."""
        asked = self._waiting | new
        self._waiting, self._room = {}, TOGETHER
        try:
            self._read_all(asked)
        except Exception:
            if len(asked) == len(new):
                raise
            self._read_all(new)

    def _read_all(self, asked: dict[bytes, Asked]) -> None:
        self._known |= zip(asked, self._read(list(asked.values())), strict=True)

    def _read(self, asked: Sequence[Asked]) -> Sequence[Sequence[Finding]]:
        return self._findings(asked, self._classifier.words(*[text for text, _ in asked])) if asked else ()

    def _forget(self) -> None:
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _findings(self, asked: Sequence[Asked], words: Words) -> Sequence[Sequence[Finding]]:
        limits = [self._untrusted if untrusted else self._trusted for _, untrusted in asked]
        found = self._above(words, limits)
        for number, others in words.otherwise():
            for other in self._above(self._classifier.words(*others), [limits[number]] * len(others)):
                # Where it stands there says nothing of where it stands here.
                found[number] += [Finding(0, len(asked[number][0]), LABEL, each.confidence) for each in other[:1]]
        return found

    def _above(self, words: Words, limits: Sequence[Limits]) -> list[list[Finding]]:
        """Of each text, by its own limits."""
        found: list[list[Finding]] = [[] for _ in limits]
        for number in self._classifier.lively(words, self._least, narrow=self._untrusted in limits):
            running = words.running(number)
            for cut, threshold in limits[number]:
                scores = self._classifier.windows(running, cut)
                if highest(scores) > threshold:
                    found[number] += [
                        Finding(begin, stop, LABEL, confidence(score, threshold))
                        for begin, stop, score in above(words.texts[number], scores, running.size, cut, threshold)
                    ]
        return found


def _key(asked: Asked) -> bytes:
    text, untrusted = asked
    return sha256((b"u" if untrusted else b"t") + text.encode("utf-8", "surrogatepass")).digest()

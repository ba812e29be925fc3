"""Finds instructions that try to take the model over: by phrases, and by a small classifier that was trained on many attacks."""

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit
from lockgate.guards.injection.phrases import KINDS
from lockgate.patterns.kinds import Kinds

if TYPE_CHECKING:
    from lockgate.guards.injection.reading import Reading

Threshold = Literal["low", "medium", "high"]
Tier = Literal["phrases", "classifier"]
UNTRUSTED = frozenset(("tool_result", "document"))
"""Places of what the user did not type."""
_PLACE = itemgetter(1)


class plugin(GuardConfig, frozen=True, tag="injection"):
    """Settings of the injection guard."""

    status = "experimental"
    posture = "both"

    threshold: Threshold = "medium"
    """How sure the classifier has to be of what a user says: `low` finds most, at some 3 false alarms in a hundred texts of a
    new kind, `medium` at 1, `high` at 0.1."""

    untrusted_threshold: Threshold = "medium"
    """The same for what tools return and documents say."""

    tiers: tuple[Tier, ...] = ("phrases", "classifier")
    """What looks. Answers are looked at for phrases only."""

    system: bool = False
    """System texts are read by the classifier, too. They are the operator's own, and they are instructions."""

    allow: tuple[str, ...] = ()
    """Texts that are none, taken literally: a text that holds one of them is read without it."""

    def build(self) -> Guard:
        if not self.tiers:
            raise ValueError("`tiers` needs at least one of `phrases`, `classifier`")
        if not all(each.strip() for each in self.allow):
            raise ValueError("`allow` needs texts that are not empty")
        if "classifier" not in self.tiers:
            return Phrases(self)
        from lockgate.guards.injection.reading import Reading  # noqa: PLC0415  numpy only where it is asked for

        return ReadingPhrases(self, Reading(self.threshold, self.untrusted_threshold))


class Phrases:
    """Tier 1."""

    def __init__(self, settings: plugin) -> None:
        self._kinds = Kinds(KINDS)
        self._asked = "phrases" in settings.tiers  # the patterns are there in any case: they wake the views
        self.patterns = self._kinds.patterns
        self.reach, self.before = self._kinds.reach, self._kinds.before
        self._allowed = re.compile("|".join(map(re.escape, settings.allow))) if settings.allow else None
        self._system = settings.system

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        found = self._kinds.confirm(text, hits) if self._asked else ()
        if self._allowed is None or not found:
            return found
        spans = [match.span() for match in self._allowed.finditer(text)]
        return [each for each in found if not any(start <= each.start and each.end <= end for start, end in spans)]


class ReadingPhrases(Phrases):
    """Both tiers."""

    def __init__(self, settings: plugin, reading: "Reading") -> None:
        super().__init__(settings)
        self._reading = reading

    def read(self, text: str, place: str) -> Sequence[Finding]:
        return self.read_all([(text, place)])[0]

    def read_all(self, texts: Sequence[tuple[str, str]]) -> Sequence[Sequence[Finding]]:
        found = self._reading.found(self._to_read(texts))
        if not any(found):
            return [[]] * len(texts)
        if len(found) == len(texts):
            return found
        own = iter(found)
        return [[] if place == "system" else next(own) for _, place in texts]

    def soon(self, texts: Sequence[tuple[str, str]]) -> Iterator[None]:
        yield from self._reading.soon(self._to_read(texts))

    def in_slices(self, text: str, place: str) -> Iterator[None]:
        for asked in self._to_read([(text, place)]):
            yield from self._reading.in_slices(asked)

    def stirring(self, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        system, allowed = self._system, self._allowed
        asked = [text for text, place in texts if system or place != "system"]
        if allowed is not None:
            asked = [self._without_allowed(text, allowed) for text in asked]
        found = self._reading.stirring(asked, untrusted=not UNTRUSTED.isdisjoint(map(_PLACE, texts)))
        if not found:
            return found
        numbers = [at for at, (_, place) in enumerate(texts) if system or place != "system"]
        return [numbers[at] for at in found]

    def _to_read(self, texts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, bool]]:
        if self._allowed is not None:
            texts = [(self._without_allowed(text, self._allowed), place) for text, place in texts]
        system = self._system
        return [(text, place in UNTRUSTED) for text, place in texts if system or place != "system"]

    def _without_allowed(self, text: str, allowed: re.Pattern[str]) -> str:
        """As many characters, so that places stay."""
        return allowed.sub(lambda match: " " * len(match[0]), text)

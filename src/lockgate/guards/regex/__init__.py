"""Finds what the operator's own patterns match, in time that grows with the text and with nothing else."""

import re
from collections.abc import Sequence

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit
from lockgate.patterns.kinds import spans
from lockgate.patterns.own import longest_of, own_pattern


class plugin(GuardConfig, frozen=True, tag="regex"):
    """Settings of the regex guard."""

    status = "stable"
    posture = "both"

    patterns: tuple[str, ...]
    """Regular expressions. Those that would need backtracking are refused, and those that match nothing at all, too."""

    label: str = "pattern"
    """What a finding is called in the record, and in capitals in the mask."""

    caseless: bool = False
    """Upper and lower case are the same."""

    except_: tuple[str, ...] = ()
    """Texts that are none, taken literally: what the patterns match is compared with them as a whole."""

    def build(self) -> Guard:
        if not self.patterns:
            raise ValueError("`patterns` needs at least one expression")
        if not re.fullmatch(r"[a-z0-9_-]{1,32}", self.label):
            raise ValueError("`label` is made of a-z, 0-9, `_` and `-`")
        return Regex(self)


class Regex:
    """A match is the longest that begins where it begins; none is found inside of another."""

    before = 1

    def __init__(self, settings: plugin) -> None:
        self.patterns = tuple(own_pattern(each, caseless=settings.caseless) for each in settings.patterns)
        self.reach = max(longest_of(each) for each in settings.patterns)
        self._label = settings.label
        fold = str.casefold if settings.caseless else str
        self._except = frozenset(map(fold, settings.except_))
        self._fold = fold

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return [
            Finding(start, end, self._label)
            for start, end in spans(hits, self.reach)
            if not self._except or self._fold(text[start:end]) not in self._except
        ]

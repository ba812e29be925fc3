"""Finds words and phrases from a list, whatever their case."""

import re
from collections.abc import Sequence

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit, Pattern
from lockgate.patterns.kinds import spans


class plugin(GuardConfig, frozen=True, tag="blocklist"):
    """Settings of the blocklist guard."""

    status = "stable"
    posture = "both"

    words: tuple[str, ...]
    """Words or phrases, taken literally. Every one of them is found, also inside longer words."""

    label: str = "blocklist"
    """What a finding is called in the record, and in capitals in the mask."""

    def build(self) -> Guard:
        if not self.words or not all(word.strip() for word in self.words):
            raise ValueError("`words` needs at least one word, and none of them empty")
        if any(len(word) > LONGEST for word in self.words):
            raise ValueError(f"`words` needs words of at most {LONGEST} characters")
        if not re.fullmatch(r"[a-z0-9_-]{1,32}", self.label):
            raise ValueError("`label` is made of a-z, 0-9, `_` and `-`")
        return Blocklist(self.words, self.label)


LONGEST = 1000


class Blocklist:
    """A phrase is found where a word that it begins with is."""

    before = 0

    def __init__(self, words: Sequence[str], label: str) -> None:
        self.patterns = tuple(
            Pattern(re.escape(word), caseless=True, spans=True, folded=True) for word in dict.fromkeys(words)
        )
        self.reach = max(map(len, words))
        self._label = label

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        found: list[Finding] = []
        for start, end in spans(hits, self.reach):
            if found and start < found[-1].end:
                continue
            found.append(Finding(start, end, self._label))
        return found

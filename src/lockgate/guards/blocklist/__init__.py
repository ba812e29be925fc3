"""Finds words and phrases from a list, whatever their case."""

import re
from collections.abc import Sequence

from lockgate.core.guard import Finding, Guard, GuardConfig


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
        if not re.fullmatch(r"[a-z0-9_-]{1,32}", self.label):
            raise ValueError("`label` is made of a-z, 0-9, `_` and `-`")
        return Blocklist(self.words, self.label)


class Blocklist:
    """Longer words are tried first, so that a word never hides a phrase that begins with it."""

    def __init__(self, words: Sequence[str], label: str) -> None:
        ordered = sorted(set(words), key=len, reverse=True)
        # Literal alternatives only: nothing in it can backtrack beyond one word.
        self._find = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE).finditer
        self._label = label
        self.reach = len(ordered[0])

    def find(self, text: str) -> Sequence[Finding]:
        return [Finding(hit.start(), hit.end(), self._label) for hit in self._find(text)]

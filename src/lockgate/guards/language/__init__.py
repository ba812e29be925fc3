"""Finds texts in languages that are not allowed: by their script, and by small words where languages share one."""

from collections.abc import Sequence
from typing import ClassVar

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit, Pattern
from lockgate.guards.language.judge import WINDOW, judged
from lockgate.guards.language.scripts import LANGUAGES
from lockgate.guards.language.words import WORDS


class plugin(GuardConfig, frozen=True, tag="language"):
    """Settings of the language guard."""

    status = "experimental"
    posture = "client"

    allow: tuple[str, ...]
    """Languages that are allowed, by their two letters."""

    def build(self) -> Guard:
        known = LANGUAGES | frozenset(WORDS)
        if not self.allow:
            raise ValueError("`allow` needs at least one language")
        if unknown := sorted(set(self.allow) - known):
            raise ValueError(f"`allow` has {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
        return Language(frozenset(self.allow))


class Language:
    """A text is judged in windows that stand where they stand however it is cut."""

    patterns: ClassVar[Sequence[Pattern]] = ()
    reach = WINDOW
    before = WINDOW

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return ()

    def follow(self, text: str, at: int) -> Sequence[Finding]:
        return [
            Finding(start, min(start + WINDOW, len(text)), f"language_{language}", 0.7)
            for start in range(-at % WINDOW, len(text), WINDOW)
            if (language := judged(text[start : start + WINDOW], self._allowed))
        ]

    def open(self, text: str, at: int) -> int:
        return (at + len(text)) % WINDOW

    def bound(self, system: Sequence[str]) -> "Language":
        return self

"""Finds the system prompt in answers: a canary that stands in it, and words of it in a row."""

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit, On, Pattern
from lockgate.guards.prompt_leak.overlap import LONGEST, NOTHING, Prompt
from lockgate.patterns.kinds import spans

Canary = Annotated[str, Meta(min_length=8, max_length=200)]


class plugin(GuardConfig, frozen=True, tag="prompt_leak"):
    """Settings of the guard against leaks of the system prompt."""

    status = "stable"
    posture = "both"
    on: ClassVar[tuple[On, ...]] = ("response",)

    words: Annotated[int, Meta(ge=4, le=64)] = 12
    """So many words of a system text in a row, in an answer, are a leak."""

    canaries: tuple[Canary, ...] = ()
    """Texts that stand in your system prompts and nowhere else, taken literally."""

    overlap: bool = True
    """Whether answers are compared with the system texts of their request at all."""

    def build(self) -> Guard:
        if not self.overlap and not self.canaries:
            raise ValueError("`canaries` or `overlap` has to say what a leak is")
        return Leak(self)

    def misplaced(self, on: Sequence[On]) -> str:
        if self.overlap and not {"response", "tool_arguments"}.intersection(on):
            return "`on` with response, or `overlap: false`: answers are what is compared with the system texts"
        return ""


class Leak:
    """Canaries are patterns, so that they are found in disguise and encoded, too. Words are compared as they are."""

    before = LONGEST

    def __init__(self, settings: plugin, prompt: Prompt = NOTHING) -> None:
        self._settings = settings
        self._prompt = prompt
        self.patterns = tuple(
            Pattern(re.escape(each), caseless=True, spans=True) for each in dict.fromkeys(settings.canaries)
        )
        self.reach = max(map(len, settings.canaries), default=1)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return [Finding(start, end, "prompt_canary") for start, end in spans(hits, self.reach)]

    def bound(self, system: Sequence[str]) -> "Leak":
        if not self._settings.overlap:
            return self
        return Leak(self._settings, Prompt(system, self._settings.words))

    def follow(self, text: str, at: int) -> Sequence[Finding]:
        return [Finding(start, end, "prompt_words", 0.9) for start, end in self._prompt.parts(text, cut=at > 0)]

    def open(self, text: str, at: int) -> int:
        return self._prompt.growing(text)

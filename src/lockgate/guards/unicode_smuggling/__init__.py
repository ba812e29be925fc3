"""Finds what hides in characters: text that nobody sees, marks that turn its direction, words of letters that only look alike."""

from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit, Pattern
from lockgate.guards.unicode_smuggling import mixed, runs
from lockgate.patterns.disguise import UNSEEN
from lockgate.patterns.kinds import merged

Hidden = Literal["tags", "selectors", "zero_width", "direction", "mixed_script"]


class plugin(GuardConfig, frozen=True, tag="unicode_smuggling"):
    """Settings of the guard against hidden characters."""

    status = "stable"
    posture = "both"

    find: tuple[Hidden, ...] = get_args(Hidden)
    """Which ways of hiding are looked for."""

    allow: tuple[str, ...] = ()
    """Words of mixed scripts that are none, taken literally."""

    def build(self) -> Guard:
        if not self.find:
            raise ValueError("`find` leaves nothing to look for")
        return Smuggling(frozenset(self.find), frozenset(self.allow))


RUN, SPLIT, MIXED = range(3)


class Smuggling:
    """What stands in the place of a finding is what somebody sees who looks at the text: nothing, or the letters."""

    patterns = (
        Pattern(f"[{UNSEEN}]{{1,{runs.LONGEST}}}", literal=True),
        Pattern(runs.SPLIT, literal=True),
        Pattern(mixed.SEAM, held=mixed.WORD, literal=True),
    )
    reach = max(runs.LONGEST, mixed.LONGEST)
    before = 2 * mixed.LONGEST

    def __init__(self, find: frozenset[Hidden], allow: frozenset[str]) -> None:
        self._find = find
        self._allow = allow

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        ends: tuple[list[int], ...] = ([], [], [])
        for hit in hits:
            ends[hit.pattern].append(hit.end)
        found = [*self._runs(text, ends[RUN]), *self._mixed(text, ends[MIXED])]
        if "zero_width" in self._find:
            found += runs.split(text, ends[SPLIT])
        return merged(found) if len(found) > 1 else found

    def _runs(self, text: str, ends: Sequence[int]) -> Iterator[Finding]:
        for start, end in runs.places(text, ends):
            way, label = runs.judged(text, start, end)
            if way in self._find:
                yield Finding(start, end, label, instead="")

    def _mixed(self, text: str, ends: Sequence[int]) -> Iterator[Finding]:
        if "mixed_script" not in self._find:
            return
        for start, end in mixed.places(text, ends):
            word = text[start:end]
            if word not in self._allow and (meant := mixed.meant(word)):
                yield Finding(start, end, "mixed_script", 0.8, meant)

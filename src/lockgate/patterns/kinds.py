"""A guard made of a table: what each kind of thing looks like, what proves it, and which words before it make it likelier."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from lockgate.core.guard import Finding, Hit, Pattern
from lockgate.core.toil import MOST
from lockgate.patterns.engine import REACH, longest
from lockgate.patterns.shape import parts, width
from lockgate.patterns.syntax import Chars, Node, read

NEAR = 64
"""Characters before a match in which its words are looked for."""
NEARER = 28
"""And those in which words are looked for that say it is something else."""
LEAD = 192
"""No match has more before its value."""

LEAST = 0.5
"""The confidence of a finding, where nothing else is said."""

Check = Callable[[str], bool]


class Kind(Struct, frozen=True, dict=True):
    """`expression`: what it looks like; the group `value` is the finding where there is one.

    `check`: what proves it. `confidence`: without any word before it; `told`: after one of `words`.
    `unless`: words that say it is something else.
    `seek`: what the automaton looks for instead, where many kinds look alike; it ends inside of every match.
    `spans`: an expression of the operator's: never given to Python's own engine.
    `signed`: in all that the automaton looks for is a sign of numbers (`signs`).
    """

    label: str
    expression: str
    confidence: float = 0.9
    check: Check | None = None
    words: str = ""
    told: float = 0.0
    unless: str = ""
    caseless: bool = False
    spans: bool = False
    held: str = ""
    seek: str = ""
    signed: bool = False

    @cached_property
    def reach(self) -> int:
        return longest(self.expression)

    @cached_property
    def exact(self) -> re.Pattern[str]:
        flags = re.ASCII | (re.IGNORECASE if self.caseless else 0)
        return re.compile(self.expression, flags)

    @cached_property
    def unsaid(self) -> Callable[..., re.Match[str] | None]:
        return re.compile(self.unless, re.IGNORECASE).search

    @cached_property
    def tight(self) -> bool:
        """No blank is part of it: a match cannot begin before the last one."""
        return not _blank(read(self.expression))

    @cached_property
    def room(self) -> int:
        """How much longer than its shortest a match is, at most."""
        least, most = width(read(self.expression))
        return self.reach if self.seek else min(REACH, most - least) + 2


class Kinds:
    """`least`: the confidence from which a match is a finding, by label; `known`: values that are none. `most`: candidates that
    it looks at in one document.

    The words are patterns, too: the engine finds them on its way.
    """

    def __init__(
        self,
        kinds: Sequence[Kind],
        least: Mapping[str, float] | None = None,
        known: Check | None = None,
        most: int = MOST,
    ) -> None:
        self.most = most
        self._kinds = tuple(kinds)
        groups = dict.fromkeys(kind.words for kind in kinds if kind.words)
        self._groups = {words: number for number, words in enumerate(groups, start=len(self._kinds))}
        self.patterns = (
            *(self._pattern(kind, least or {}) for kind in kinds),
            *(Pattern(_before(words), caseless=True, hint=True) for words in groups),
        )
        self.reach = max((kind.reach for kind in kinds), default=1)
        # So that what a piece of a text begins with, in the middle of a word perhaps, never reaches what is new in it.
        self.before = NEAR + LEAD
        self._least = least or {}
        self._known = known

    def _pattern(self, kind: Kind, least: Mapping[str, float]) -> Pattern:
        alone = kind.confidence >= least.get(kind.label, LEAST)
        needs = -1 if alone else self._groups.get(kind.words, -1)
        held = kind.held or (kind.expression if kind.seek else "")
        return Pattern(kind.seek or kind.expression, kind.caseless, kind.spans, held, needs=needs, signed=kind.signed)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        by_pattern: dict[int, list[Hit]] = {number: [] for number in dict.fromkeys(hit.pattern for hit in hits)}
        for hit in hits:
            by_pattern[hit.pattern].append(hit)
        found: list[Finding] = []
        for number, own in by_pattern.items():
            if number < len(self._kinds):
                kind = self._kinds[number]
                words = [hit.end for hit in by_pattern.get(self._groups.get(kind.words, -1), ())]
                found += self._found(kind, text, own, words)
        return merged(found) if len(found) > 1 else found

    def _found(self, kind: Kind, text: str, hits: Sequence[Hit], words: Sequence[int]) -> Iterator[Finding]:
        least = self._least.get(kind.label, LEAST)
        if kind.confidence < least:  # most numbers are just numbers: nothing is looked at that no word is near
            if not words:
                return
            hits = [hit for hit in hits if said(words, hit.end - kind.reach - NEAR, hit.end)]
        memory: dict[str, bool] = {}
        for start, end, value in matches(kind, text, hits):
            told = kind.told > kind.confidence and said(words, start - NEAR, end)
            confidence = kind.told if told else kind.confidence
            if confidence < least:
                continue
            taken = text[value[0] : value[1]]
            proved = memory.get(taken)
            if proved is None:
                proved = memory[taken] = kind.check is None or kind.check(taken)
            if not proved or (kind.unless and _unlike(kind, text, max(0, start - NEARER), value[0], memory)):
                continue
            if not (self._known and self._known(taken)):
                yield Finding(value[0], value[1], kind.label, confidence)


def _unlike(kind: Kind, text: str, start: int, end: int, memory: dict[str, bool]) -> bool:
    """A word before it says that it is something else. The character in front of these is looked at, too."""
    before = f"<{text[max(0, start - 1) : end]}"  # no value begins so
    found = memory.get(before)
    if found is None:
        found = memory[before] = kind.unsaid(text, start, end) is not None
    return found


def _before(words: str) -> str:
    """Words as a pattern. An edge is another character, because edges are for ASCII alone, and words are not."""
    return rf"(?:\A|[^A-Za-z])(?:{words})".replace(r"\b", "[^A-Za-z]")


def said(words: Sequence[int], start: int, end: int) -> bool:
    """One of the words ends between the two."""
    at = bisect_left(words, start)
    return at < len(words) and words[at] <= end


def matches(kind: Kind, text: str, hits: Sequence[Hit]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Start, end and value of each."""
    if kind.spans:
        for start, end in spans(hits, kind.reach):
            yield start, end, (start, end)
        return
    value = "value" if "value" in kind.exact.groupindex else 0
    for match in exact(kind, text, hits):
        yield match.start(), match.end(), match.span(value)


def exact(kind: Kind, text: str, hits: Sequence[Hit]) -> Iterator[re.Match[str]]:
    """The matches at the hits, each once. What is looked at is bounded: on the whole a few times the text, and no more.

    `floor`: no match begins before it that was not given. Where nothing is found, the next look goes twice as far ahead.
    """
    floor, ahead, size = 0, kind.room, len(text)
    search = kind.exact.search
    for hit in hits:
        while floor < hit.end:
            end = min(size, hit.end + ahead)
            match = search(text, _begin(kind, text, hit, floor), end)
            if match is None:
                floor = max(floor, size if end == size else end - kind.reach)
                ahead *= 2
                break
            if match.end() == end < size:  # cut by our own end, so perhaps longer, or no match at all
                start = match.start()
                match = kind.exact.match(text, start, min(size, start + kind.reach + 2))
                if match is None:
                    floor = start + 1
                    continue
            floor = match.end()
            yield match


def _begin(kind: Kind, text: str, hit: Hit, floor: int) -> int:
    begin = max(floor, hit.end - kind.reach)
    if kind.tight:
        return max(begin, text.rfind(" ", begin, hit.end), text.rfind("\n", begin, hit.end))
    return begin


def spans(hits: Sequence[Hit], reach: int) -> list[tuple[int, int]]:
    """The longest match at each start, none inside of another, none longer than `reach`."""
    ends: dict[int, int] = {}
    for hit in hits:
        if hit.start >= 0 and hit.end - hit.start <= reach:
            ends[hit.start] = max(hit.end, ends.get(hit.start, 0))
    out: list[tuple[int, int]] = []
    for start, end in sorted(ends.items()):
        if not out or end > out[-1][1]:
            out.append((start, end))
    return out


def merged(found: list[Finding]) -> list[Finding]:
    """Findings that overlap are one, called what the surest of them is called; of equally sure ones, the longest."""
    found.sort(key=_place)
    out = [found[0]]
    sure = [found[0]]
    for finding in found[1:]:
        last = out[-1]
        if finding.start >= last.end:
            out.append(finding)
            sure.append(finding)
            continue
        if (finding.confidence, finding.end - finding.start) > (sure[-1].confidence, sure[-1].end - sure[-1].start):
            sure[-1] = finding
        best, end = sure[-1], max(last.end, finding.end)
        whole = (best.start, best.end) == (last.start, end)
        out[-1] = best if whole else Finding(last.start, end, best.label, best.confidence)
    return out


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, -finding.end


def _blank(node: Node) -> bool:
    return any(isinstance(each, Chars) and (_at(each.text, " ") or _at(each.text, "\n")) for each in parts(node))


def _at(char: str, text: str) -> bool:
    return re.match(char, text, re.DOTALL) is not None

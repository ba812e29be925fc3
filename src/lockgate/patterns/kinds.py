"""A guard made of a table: what each kind of thing looks like, what proves it, and which words before it make it likelier."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter, le

from msgspec import Struct

from lockgate.core.guard import Finding, Hit, Pattern
from lockgate.core.hits import Hits, of_all
from lockgate.core.toil import MOST
from lockgate.patterns.engine import REACH, longest
from lockgate.patterns.exact import AHEAD, MANY, asked, exact
from lockgate.patterns.shape import ascii_only, parts, width
from lockgate.patterns.syntax import Chars, Node, read
from lockgate.patterns.unlike import Unlike, Words

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
    def value(self) -> str | int:
        """The group that is the finding."""
        return "value" if not self.spans and "value" in self.exact.groupindex else 0

    @cached_property
    def unsaid(self) -> Words:
        return Words(self.unless)

    @cached_property
    def tight(self) -> bool:
        """No blank is part of it: a match cannot begin before the last one."""
        return not _blank(read(self.expression))

    @cached_property
    def room(self) -> int:
        """How much of a match is behind a hit, at most: of its characters outside of ASCII, the engine counts the bytes."""
        node = read(self.expression)
        least, most = width(node)
        counted = least if ascii_only(node) else least // 4
        return self.reach if self.seek else min(REACH, most - counted) + AHEAD


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
        return Pattern(
            kind.seek or kind.expression,
            kind.caseless,
            kind.spans,
            held,
            needs=needs,
            signed=kind.signed,
            confirmed=not kind.spans,
        )

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        of_each = of_all(hits)
        found: list[Finding] = []
        for number in of_each.ends:
            if number < len(self._kinds):
                kind = self._kinds[number]
                found += self._found(
                    kind, text, of_each, number, of_each.ends.get(self._groups.get(kind.words, -1), ())
                )
        return merged(found) if len(found) > 1 else found

    def _found(self, kind: Kind, text: str, hits: Hits, number: int, words: Sequence[int]) -> Iterator[Finding]:
        """What is cheapest and fails most often is asked first: a hostile text has as many matches as it can."""
        least = self._least.get(kind.label, LEAST)
        ends = hits.ends[number]
        if kind.confidence < least:  # most numbers are just numbers: nothing is looked at that no word is near
            behind = kind.room if kind.seek else 0  # a word may stand in the match, behind its hit
            ends = near(ends, [word - behind for word in words], kind.reach + NEAR + behind)
        matches = asked(text, spans(hits.of(number), kind.reach)) if kind.spans else exact(kind, text, ends)
        unlike = _unlike(kind, text, ends) if kind.unless and ends else None
        memory: dict[str, bool] = {}
        check, value = kind.check, kind.value
        for match in matches:
            taken = match[value]
            proved = memory.get(taken)
            if proved is None:
                proved = memory[taken] = (check is None or check(taken)) and not (self._known and self._known(taken))
            if not proved:
                continue
            start, end = match.span()
            told = kind.told > kind.confidence and said(words, start - NEAR, end)
            confidence = kind.told if told else kind.confidence
            if confidence < least:
                continue
            if value:
                start, end = match.span(value)
            if unlike is None or not unlike(max(0, match.start() - NEARER), start):
                yield Finding(start, end, kind.label, confidence)


def _unlike(kind: Kind, text: str, ends: Sequence[int]) -> Unlike | None:
    """Whether a word before a match says that it is something else. The character in front of these is looked at, too."""
    if len(ends) < MANY:
        return partial(kind.unsaid.found, text)
    return kind.unsaid.within(text, max(0, ends[0] - kind.reach - NEARER), ends[-1] + kind.room)


def _before(words: str) -> str:
    """Words as a pattern. An edge is another character, because edges are for ASCII alone, and words are not."""
    return rf"(?:\A|[^A-Za-z])(?:{words})".replace(r"\b", "[^A-Za-z]")


def said(words: Sequence[int], start: int, end: int) -> bool:
    """One of the words ends between the two."""
    at = bisect_left(words, start)
    return at < len(words) and words[at] <= end


def near(ends: Sequence[int], words: Sequence[int], far: int) -> list[int]:
    """Those with a word before them, and no farther than that."""
    found: list[int] = []
    at = first = 0
    while first < len(words):
        last = first
        while (further := bisect_right(words, words[last] + far, last) - 1) > last:
            last = further
        begin = bisect_left(ends, words[first], at)
        at = bisect_right(ends, words[last] + far, begin)
        found += ends[begin:at]
        first = last + 1
    return found


def spans(hits: Iterable[Hit], reach: int) -> list[tuple[int, int]]:
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
    found.sort(key=_START)
    if all(map(le, map(_END, found), map(_START, found[1:]))):
        return found
    found.sort(key=_END, reverse=True)  # the longest first of those that begin in one place
    found.sort(key=_START)
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


_START, _END = attrgetter("start"), attrgetter("end")


def _blank(node: Node) -> bool:
    return any(isinstance(each, Chars) and (_at(each.text, " ") or _at(each.text, "\n")) for each in parts(node))


def _at(char: str, text: str) -> bool:
    return re.match(char, text, re.DOTALL) is not None

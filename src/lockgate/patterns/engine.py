"""All patterns of all guards in one automaton: a text is scanned once, and only guards that were hit are asked."""

import logging
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from lockgate.core.guard import Failed, Finding, Guard, Hit, Pattern, Verdict
from lockgate.core.reader import Reader
from lockgate.patterns.database import Line, automaton
from lockgate.patterns.encoding import TRIGGERS
from lockgate.patterns.shape import beginning, core, loose, mirrored, plain, width, written
from lockgate.patterns.syntax import read

log = logging.getLogger("lockgate.patterns")

NOTHING: Mapping[int, Verdict] = {}
NONE: frozenset[str] = frozenset()
REACH = 8192
"""The longest finding there may be: what a stream may hold of one text."""

Owner = tuple[int, int, bool, int]
"""A guard, the number of its pattern, whether it asks for the start, and the line without which it means nothing, or -1."""
Raw = list[tuple[int, int]]
"""Patterns, and where they ended."""


class Scanner:
    """The automaton and whose its lines are."""

    def __init__(self, guards: Sequence[Guard], cache: Path | None, *, streams: bool = True) -> None:
        self.guards = tuple(guards)
        self._all = frozenset(range(len(guards)))
        lines: dict[Line, list[tuple[int, int]]] = {}
        starts: dict[Line, set[int]] = {}
        for number, guard in enumerate(guards):
            for index, pattern in enumerate(guard.patterns):
                lines.setdefault(line(pattern), []).append((number, index))
                if not pattern.hint:
                    starts.setdefault(start(pattern), set()).add(number)
        place = {line: number for number, line in enumerate(lines)}
        self._owners = [[self._owner(place, *each) for each in own] for own in lines.values()]
        self._triggers = [name for name, _ in TRIGGERS]
        self.reach = max((guard.reach for guard in guards), default=1)
        self.before = max((guard.before for guard in guards), default=0)
        self._lines = automaton([*lines, *(line for _, line in TRIGGERS)], cache) if lines else None
        self._starts = automaton(list(starts), cache) if lines and streams else None
        self._mirror = Mirror(guards, cache)
        self._starting = [frozenset(own) for own in starts.values()]

    def _owner(self, place: Mapping[Line, int], number: int, index: int) -> Owner:
        patterns = self.guards[number].patterns
        needs = patterns[index].needs
        return number, index, patterns[index].spans, -1 if needs < 0 else place[line(patterns[needs])]

    def hits(self, text: str, guards: frozenset[int]) -> tuple[dict[int, list[Hit]], frozenset[str]]:
        """By guard, in the order of their ends; and which encodings there may be in the text."""
        if self._lines is None:
            return {}, NONE
        raw: Raw = []
        # A surrogate without its twin is no character: one `?` stands for it, so that positions stay.
        data = text.encode("utf-8", "replace")
        self._lines.scan(data, match_event_handler=_take, context=raw)
        if not raw:
            return {}, NONE
        if len(data) != len(text):
            raw = _in_characters(raw, data)
        raw.sort(key=_end)
        found: dict[int, list[Hit]] = {}
        own, lines = len(self._owners), {line for line, _ in raw}
        seen = frozenset(self._triggers[line - own] for line in lines if line >= own)
        lines.add(-1)
        asked = {line: self._asked(line, lines, guards) for line in lines if 0 <= line < own}
        for line, end in raw:
            for number, index, spans, _ in asked.get(line, ()):
                start = self._mirror.start(number, index, text, end) if spans else -1
                found.setdefault(number, []).append(Hit(index, start, end))
        return found, seen

    def _asked(self, line: int, lines: set[int], guards: frozenset[int]) -> list[Owner]:
        """Those to whom its hits mean something, where these lines were hit."""
        return [owner for owner in self._owners[line] if owner[0] in guards and owner[3] in lines]

    def suspects(self, data: bytes, guards: frozenset[int]) -> tuple[bool, frozenset[str]]:
        """Whether a guard may find something, and which encodings there may be. Bytes have to be UTF-8."""
        if self._lines is None:
            return False, NONE
        hit: set[int] = set()
        self._lines.scan(data, match_event_handler=_note, context=hit)
        if not hit:
            return False, NONE
        own = len(self._owners)
        seen = frozenset(self._triggers[line - own] for line in hit if line >= own)
        hit.add(-1)
        for line in hit:
            for number, index, _, _ in self._asked(line, hit, guards) if 0 <= line < own else ():
                if not self.guards[number].patterns[index].hint:
                    return True, seen
        return False, seen

    def growing(self, text: str, guards: frozenset[int]) -> int:
        """Characters at the end that begin something. The text is read backwards: each pattern stands at its end."""
        if self._starts is None or not text:
            return 0
        tail = text[: -self.reach - 1 : -1]
        data = tail.encode("utf-8", "replace")
        ends: dict[int, int] = {}
        self._starts.scan(data, match_event_handler=_furthest, context=ends)
        if not ends:
            return 0
        if guards >= self._all:
            longest = max(ends.values())
        else:
            longest = max((end for line, end in ends.items() if self._starting[line] & guards), default=0)
        return longest if len(data) == len(tail) else len(data[:longest].decode("utf-8", "ignore"))


class Mirror:
    """Where a match began, for patterns that ask: the text before its end, read backwards.

    hyperscan can tell starts itself, but its way there crashes on some patterns.
    """

    def __init__(self, guards: Sequence[Guard], cache: Path | None) -> None:
        asking = [
            (number, index)
            for number, guard in enumerate(guards)
            for index, pattern in enumerate(guard.patterns)
            if pattern.spans
        ]
        self._lines = {place: line for line, place in enumerate(asking)}
        self._reach = [guard.reach for guard in guards]
        lines = [mirror(guards[number].patterns[index]) for number, index in asking]
        self._automaton = automaton(lines, cache) if lines else None

    def start(self, number: int, index: int, text: str, end: int) -> int:
        """Of all matches that end here, the longest; -1 where it is longer than the guard's reach."""
        back = text[max(0, end - self._reach[number] - 1) : end][::-1]
        data = back.encode("utf-8", "replace")
        ends: dict[int, int] = {}
        assert self._automaton is not None
        self._automaton.scan(data, match_event_handler=_furthest, context=ends)
        far = ends.get(self._lines[number, index], 0)
        length = far if len(data) == len(back) else len(data[:far].decode("utf-8", "ignore"))
        return end - length if length else -1


def line(pattern: Pattern) -> Line:
    """What the automaton looks for. Where spans are asked for, every end of a match."""
    node = read(pattern.expression)
    return Line(written(plain(node) if pattern.spans else core(node)), pattern.caseless)


def start(pattern: Pattern) -> Line:
    return Line(
        f"^(?:{written(beginning(loose(read(pattern.held or pattern.expression), low=True)))})", pattern.caseless
    )


def mirror(pattern: Pattern) -> Line:
    return Line(f"^(?:{written(mirrored(read(pattern.expression)))})", pattern.caseless)


def longest(expression: str) -> int:
    """The longest match of an expression, in characters."""
    return min(REACH, width(read(expression))[1])


def judged(guards: Sequence[Guard], text: str, hits: Mapping[int, Sequence[Hit]]) -> dict[int, Verdict]:
    """What guards make of their hits. One that throws has failed, and says so: it did not find nothing."""
    verdicts: dict[int, Verdict] = {}
    for number, own in hits.items():
        try:
            found: Sequence[Finding] = guards[number].confirm(text, own)
        except Exception as error:  # noqa: BLE001  whatever it is, it is no verdict
            # Not the traceback: a text may stand in it.
            log.error("a guard failed: %s", type(error).__name__)  # noqa: TRY400
            verdicts[number] = Failed(type(error).__name__)
            continue
        if found:
            verdicts[number] = found
    return verdicts


def heard(guard: Reader, text: str, place: str) -> Verdict:
    """What a guard makes of a whole text; `Failed` where it throws."""
    try:
        return guard.read(text, place)
    except Exception as error:  # noqa: BLE001  whatever it is, it is no verdict
        log.error("a guard failed: %s", type(error).__name__)  # noqa: TRY400  a text may stand in the traceback
        return Failed(type(error).__name__)


def _take(pattern: int, _start: int, end: int, _flags: int, raw: Any) -> None:
    raw.append((pattern, end))


def _furthest(pattern: int, _start: int, end: int, _flags: int, ends: Any) -> None:
    ends[pattern] = end  # they come in order


def _note(pattern: int, _start: int, _end: int, _flags: int, hit: Any) -> None:
    hit.add(pattern)


def _end(hit: tuple[int, int]) -> int:
    return hit[1]


def _in_characters(raw: Raw, data: bytes) -> Raw:
    places = sorted({0, *(end for _, end in raw)})
    at = {0: 0}
    for before, place in pairwise(places):
        at[place] = at[before] + len(data[before:place].decode("utf-8", "ignore"))
    return [(pattern, at[end]) for pattern, end in raw]

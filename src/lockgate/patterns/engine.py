"""All patterns of all guards in a few automata: a text is scanned once, or again where a sign was seen, and only guards that were hit are asked."""

import logging
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from lockgate.core.guard import Failed, Finding, Guard, Verdict
from lockgate.core.hits import Hits
from lockgate.core.reader import Reader
from lockgate.core.toil import Toil
from lockgate.patterns.database import Compiler
from lockgate.patterns.held import WORD
from lockgate.patterns.mirror import Mirror
from lockgate.patterns.octets import FOLLOWING
from lockgate.patterns.scans import Ends, furthest, in_characters, joined, scanned, stopped
from lockgate.patterns.shape import width
from lockgate.patterns.signs import First
from lockgate.patterns.syntax import read
from lockgate.patterns.table import Owner, beginnings, table

log = logging.getLogger("lockgate.patterns")

NOTHING: Mapping[int, Verdict] = {}
NONE: frozenset[str] = frozenset()
REACH = 8192
"""The longest finding there may be: what a stream may hold of one text."""

_WORD = re.compile(f"[{WORD}]*+").match
Asked = dict[int, list[Owner]]
"""By line, to whom a hit means something."""
REMEMBERED = 1024


class Scanner:
    """The automata and whose their lines are."""

    def __init__(self, guards: Sequence[Guard], cache: Path | None, *, streams: bool = True) -> None:
        self.guards = tuple(guards)
        starts = beginnings(guards) if streams else {}
        with Compiler(cache) as compiler:
            # Beginnings take longest, and nothing else has to be known for them: they are compiled while it is found out.
            ends = compiler.begun([list(starts)])
            rows = table(guards)
            self._first, self._mirror = First(rows), Mirror(guards)
            made = compiler.begun([*self._first.wanted, list(rows.second), self._mirror.wanted])
            *first, self._weak, self._mirror.automaton = made()
            (self._starts,) = ends()
        self._first.made(first)
        self._second = list(rows.second.values())
        self._needed = {(owner[0], owner[3]) for owners in self._second for owner in owners}
        self._enough: dict[frozenset[int], AbstractSet[int]] = {}
        self._wanting: dict[tuple[frozenset[tuple[int, int]], frozenset[int]], Asked] = {}
        self._come_to: dict[tuple[frozenset[int], frozenset[int]], tuple[bool, frozenset[str], AbstractSet[int]]] = {}
        self.reach = max((guard.reach for guard in guards), default=1)
        self.before = max((guard.before for guard in guards), default=0)
        self._holds = streams and any(not pattern.hint for guard in guards for pattern in guard.patterns)
        self._starting = [frozenset(own) for own in starts.values()]

    def hits(self, text: str, guards: frozenset[int], toil: Toil) -> tuple[dict[int, Hits], frozenset[str]]:
        """By guard; and which encodings there may be in the text. Raises `TooMany`."""
        if not self._first:
            return {}, NONE
        toil.begin()
        # A surrogate without its twin is no character: one `?` stands for it, so that positions stay.
        data = ("\n" + text).encode("utf-8", "replace")
        ends = self._first.scanned(data, toil)
        if not ends:
            return {}, NONE
        seen, asked, more = self._asked(ends.keys(), guards)
        own = {line: ends[line] for line in asked}
        if more:
            weak = scanned(self._weak, data, toil)
            shift = len(self._first.owners)
            own.update((line + shift, weak[line]) for line in more if line in weak)
            asked.update((line + shift, owners) for line, owners in more.items())
        toil.hit(sum(map(len, own.values())))
        if own and len(data) - 1 != len(text):
            own = in_characters(own, data)
        return self._told(own, asked, text), seen

    def _told(self, ends: Ends, asked: Asked, text: str) -> dict[int, Hits]:
        """Hits to those to whom they mean something, in the order of their patterns."""
        found: dict[int, dict[int, list[list[int]]]] = {}
        asking: list[tuple[int, int]] = []
        for line, own in ends.items():
            for number, index, spans, _ in asked[line]:
                found.setdefault(number, {}).setdefault(index, []).append(own)
                if spans:
                    asking.append((number, index))
        told = {number: Hits({index: joined(own[index]) for index in sorted(own)}, {}) for number, own in found.items()}
        for number, index in asking:
            hits = told[number]
            begun = [self._mirror.start(number, index, text, end) for end in hits.ends[index]]
            told[number] = Hits(hits.ends, {**hits.starts, index: begun})
        return told

    def _asked(self, lines: AbstractSet[int], guards: frozenset[int]) -> tuple[frozenset[str], Asked, Asked]:
        """Of lines that were hit first: which encodings there may be, and to whom hits mean something; and of all of
        those that need a word, to whom they would.
        """
        first = self._first
        seen = frozenset([first.names[line] for line in lines if line in first.names])
        known = {owner[:2] for line in lines for owner in first.owners[line]}
        asked = {line: _meant(first.owners[line], known, guards) for line in lines}
        words = known & self._needed
        more = self._wanted(frozenset(words), guards) if words else {}
        return seen, {line: owners for line, owners in asked.items() if owners}, more

    def _wanted(self, words: frozenset[tuple[int, int]], guards: frozenset[int]) -> Asked:
        """Lines of the second automaton that mean something beside these words. The same few words come again and again."""
        wanted = self._wanting.get((words, guards))
        if wanted is None:
            wanted = {
                line: meant for line, owners in enumerate(self._second) if (meant := _meant(owners, words, guards))
            }
            if len(self._wanting) >= REMEMBERED:
                self._wanting.clear()
            self._wanting[words, guards] = wanted
        return wanted

    def suspects(self, data: bytes, guards: frozenset[int]) -> tuple[bool, frozenset[str]]:
        """Whether a guard may find something, and which encodings there may be. Bytes have to be UTF-8."""
        if not self._first:
            return False, NONE
        hit: set[int] = set()
        if self._first.stopped(data, hit, self._decisive(guards)):
            return True, NONE
        if not hit:
            return False, NONE
        found, seen, more = self._weighed(frozenset(hit), guards)
        return found or (bool(more) and stopped(self._weak, data, set(), more)), seen

    def _weighed(self, lines: frozenset[int], guards: frozenset[int]) -> tuple[bool, frozenset[str], AbstractSet[int]]:
        """What hits of these lines of the first automaton come to: something there may be, encodings, and lines of the second one.
        The same few lines are hit again and again.
        """
        known = self._come_to.get((lines, guards))
        if known is None:
            seen, asked, more = self._asked(lines, guards)
            found = any(not self._hint(owner) for owners in asked.values() for owner in owners)
            if len(self._come_to) >= REMEMBERED:
                self._come_to.clear()
            known = self._come_to[lines, guards] = found, seen, more.keys()
        return known

    def _decisive(self, guards: frozenset[int]) -> AbstractSet[int]:
        """Lines of the first automaton of which one hit is enough."""
        lines = self._enough.get(guards)
        if lines is None:
            own = enumerate(self._first.owners)
            lines = frozenset(line for line, some in own if not all(map(self._hint, _meant(some, set(), guards))))
            if len(self._enough) >= REMEMBERED:
                self._enough.clear()
            self._enough[guards] = lines
        return lines

    def _hint(self, owner: Owner) -> bool:
        return self.guards[owner[0]].patterns[owner[1]].hint

    def growing(self, text: str, guards: frozenset[int]) -> int:
        """Characters at the end that begin something: a word, and what may go on with it. That is read backwards, so that each
        pattern stands at its end.
        """
        if not self._holds or not text:
            return 0
        tail = text[: -self.reach - 1 : -1]
        word = _WORD(tail).end()  # type: ignore[union-attr]  # it matches nothing, too
        tail = tail[word:]
        if not tail or self._starts is None:
            return word
        data = tail.encode("utf-8", "replace")
        ends: dict[int, int] = {}
        self._starts.scan(data, match_event_handler=furthest, context=ends)
        longest = max((end for line, end in ends.items() if self._starting[line] & guards), default=0)
        return word + len(data[:longest].translate(None, FOLLOWING))


def longest(expression: str) -> int:
    """The longest match of an expression, in characters."""
    return min(REACH, width(read(expression))[1])


def _meant(owners: Sequence[Owner], known: AbstractSet[tuple[int, int]], guards: frozenset[int]) -> list[Owner]:
    """Those to whom a hit means something, where these patterns were hit."""
    return [each for each in owners if each[0] in guards and (each[3] < 0 or (each[0], each[3]) in known)]


def judged(guards: Sequence[Guard], text: str, hits: Mapping[int, Hits]) -> dict[int, Verdict]:
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

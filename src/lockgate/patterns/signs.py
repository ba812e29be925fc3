"""Lines that are looked for only where a sign of them was seen: a text without numbers is not searched for two hundred kinds of numbers.

One automaton looks for what may be anywhere, and for the signs; those of numbers, and of runs that may be base64, are asked after it.
What is hit has the same numbers as if all were one.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct

from lockgate.core.toil import Toil
from lockgate.patterns.database import Line
from lockgate.patterns.encoding import LONG_RUN, RUNS, TRIGGERS
from lockgate.patterns.scans import Ends, scanned, stopped
from lockgate.patterns.table import Owner, Table

SIGNS = tuple(
    Line(expression, once=True, bytewise=True)
    for expression in (
        r"\d{11}",
        r"\d\d[ ./:+-]\d\d",
        r"\d{6}(?:[- ]?[A-Za-z]|\()",
        r"[A-Za-z][- ]?\d\d ?\d{5}",
        r"[A-Z]\d{4}[A-Z]",
        r"[A-Z0-9]{16}",
        r"[A-Za-z0-9]{26}",
        r"[A-Za-z]{2}\d\d(?:(?:[ -]|\r?\n)?[A-Za-z0-9]){6}",
    )
)
"""One of them is in every match of a pattern that is `signed`."""


class Part(Struct, frozen=True):
    """An automaton that is asked where one of `signs` was hit; its lines are numbered from `begin` on."""

    signs: frozenset[int]
    begin: int
    lines: Sequence[Line]


class First:
    """Lines that need no other one, and those that say which encodings there may be. `owners`: of each line, whose it is."""

    def __init__(self, rows: Table) -> None:
        own = [*rows.first, *(line for _, line in TRIGGERS), LONG_RUN, *(SIGNS if rows.signed else ())]
        runs = len(rows.first) + len(TRIGGERS)
        size = len(own)
        self.names = {len(rows.first) + at: name for at, (name, _) in enumerate(TRIGGERS)}
        self.names |= {size + at: name for at, (name, _) in enumerate(RUNS)}
        numbers = size + len(RUNS)
        parts = [Part(frozenset((runs,)), size, [line for _, line in RUNS])]
        if rows.signed:
            parts.append(Part(frozenset(range(runs + 1, size)), numbers, list(rows.signed)))
        nothing: list[list[Owner]] = [[] for _ in range(numbers - len(rows.first))]
        self.owners = [*rows.first.values(), *nothing, *rows.signed.values()]
        there = bool(rows.first or rows.signed)
        self.wanted: list[list[Line]] = [own if there else [], *(list(part.lines) if there else [] for part in parts)]
        self._parts = parts
        self._automaton: Any = None
        self._later: Sequence[tuple[frozenset[int], int, Any]] = ()

    def made(self, automata: Sequence[Any]) -> None:
        """Of the lines that are wanted, in the same order."""
        self._automaton = automata[0]
        self._later = [
            (part.signs, part.begin, automaton) for part, automaton in zip(self._parts, automata[1:], strict=True)
        ]

    def __bool__(self) -> bool:
        return self._automaton is not None

    def scanned(self, data: bytes, toil: Toil) -> Ends:
        """All hits, by line."""
        ends = scanned(self._automaton, data, toil)
        for signs, begin, automaton in self._later if ends else ():
            if not signs.isdisjoint(ends):
                more = scanned(automaton, data, toil)
                ends.update((line + begin, own) for line, own in more.items())
        return ends

    def stopped(self, data: bytes, hit: set[int], enough: AbstractSet[int]) -> bool:
        """Whether one of the lines was hit that are enough; else `hit` are those that were."""
        if stopped(self._automaton, data, hit, enough):
            return True
        if hit:
            for signs, begin, automaton in self._later:
                if not signs.isdisjoint(hit) and stopped(automaton, data, hit, enough, begin):
                    return True
        return False

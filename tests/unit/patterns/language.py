"""What expressions of the automaton's kind match, as states: to prove that in every match of one there is a match of another."""

from collections.abc import Iterator, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # the parser of `re` is where its grammar is
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Chars = frozenset[str]
EVERY = frozenset(map(chr, range(128))) | {"é"}
_CATEGORIES = {
    op.CATEGORY_DIGIT: frozenset("0123456789"),
    op.CATEGORY_WORD: frozenset(c for c in EVERY if c.isascii() and (c.isalnum() or c == "_")),
    op.CATEGORY_SPACE: frozenset(" \t\n\r\f\v"),
}


class States:
    """Edges by state: characters and where they lead; None is no character. Begins at 0, ends at 1."""

    def __init__(self, expressions: Sequence[str], *, caseless: bool = False, anywhere: bool = False) -> None:
        self.edges: list[list[tuple[Chars | None, int]]] = [[], []]
        self._caseless = caseless
        if anywhere:
            self.edges[0].append((EVERY, 0))
        for expression in expressions:
            self._add(_parser.parse(expression), 0, 1)

    def _state(self) -> int:
        self.edges.append([])
        return len(self.edges) - 1

    def _add(self, nodes: Any, begin: int, end: int) -> None:
        at = begin
        for kind, value in nodes:
            at = self._one(kind, value, at)
        self.edges[at].append((None, end))

    def _one(self, kind: Any, value: Any, at: int) -> int:
        after = self._state()
        if kind in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
            self.edges[at].append((self._chars(kind, value), after))
        elif kind is op.SUBPATTERN:
            self._add(value[3], at, after)
        elif kind is op.BRANCH:
            for option in value[1]:
                self._add(option, at, after)
        elif kind is op.MAX_REPEAT:
            self._repeated(value, at, after)
        else:
            assert kind is op.AT, kind  # an edge only makes it match less
            self.edges[at].append((None, after))
        return after

    def _repeated(self, value: Any, at: int, after: int) -> None:
        low, high, inner = value
        for _ in range(low):
            following = self._state()
            self._add(inner, at, following)
            at = following
        for _ in range(0 if high is op.MAXREPEAT else high - low):
            self.edges[at].append((None, after))
            following = self._state()
            self._add(inner, at, following)
            at = following
        if high is op.MAXREPEAT:
            self._add(inner, at, at)
        self.edges[at].append((None, after))

    def _chars(self, kind: Any, value: Any) -> Chars:
        if kind is op.ANY:
            return EVERY - {"\n"}
        if kind is not op.IN:
            one = frozenset((chr(value),))
            return self._cased(one) if kind is op.LITERAL else EVERY - one
        found: set[str] = set()
        for each, said in value:
            if each is op.LITERAL:
                found.add(chr(said))
            elif each is op.RANGE:
                found.update(c for c in EVERY if said[0] <= ord(c) <= said[1])
            elif each is op.CATEGORY:
                found |= _CATEGORIES[said]
        chars = self._cased(frozenset(found))
        return EVERY - chars if value[0][0] is op.NEGATE else chars

    def _cased(self, chars: Chars) -> Chars:
        return frozenset(c for each in chars for c in (each.lower(), each.upper())) if self._caseless else chars

    def closed(self, states: frozenset[int]) -> frozenset[int]:
        waiting, found = list(states), set(states)
        while waiting:
            for chars, state in self.edges[waiting.pop()]:
                if chars is None and state not in found:
                    found.add(state)
                    waiting.append(state)
        return frozenset(found)


def _kinds_of_characters(*several: States) -> Iterator[str]:
    """One of all that are alike everywhere."""
    sets = {chars for states in several for edges in states.edges for chars, _ in edges if chars is not None}
    yield from {tuple(char in chars for chars in sets): char for char in sorted(EVERY)}.values()


def without(expression: str, inside: Sequence[str], *, caseless: bool = False) -> str | None:
    """A text that matches the expression, and in which none of the others matches; None where there is no such text."""
    whole, others = States([expression], caseless=caseless), States(inside, anywhere=True)
    alphabet = list(_kinds_of_characters(whole, others))

    @cache
    def after(states: frozenset[int], char: str) -> frozenset[int]:
        return others.closed(
            frozenset(to for at in states for chars, to in others.edges[at] if chars and char in chars)
        )

    begin = (0, others.closed(frozenset((0,))))
    said = {begin: ""}
    waiting = [begin]
    while waiting:
        at, states = waiting.pop()
        for chars, to in whole.edges[at]:
            for char in ("",) if chars is None else (c for c in alphabet if c in chars):
                following = to, states if chars is None else after(states, char)
                if 1 in following[1] or following in said:
                    continue
                said[following] = said[at, states] + char
                if to == 1:
                    return said[following]
                waiting.append(following)
    return None

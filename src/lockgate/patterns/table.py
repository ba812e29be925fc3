"""Which lines the automata have, and whose each of them is.

Patterns that mean nothing unless one of their words is near are lines of a second automaton: it only looks at texts in which the
first one saw such a word; but for those that hold a word themselves. Patterns that are `signed` are lines of a third one (`signs`). Words are a line each,
because literals cost an automaton next to nothing; patterns that begin with one of many words are a line for each of these, too.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from msgspec import Struct

from lockgate.core.guard import Guard, Pattern
from lockgate.patterns.database import Line
from lockgate.patterns.held import ahead, beginning
from lockgate.patterns.octets import exactly, roughly, sayable
from lockgate.patterns.shape import NOTHING, ascii_only, core, loose, mirrored, parts, plain, written
from lockgate.patterns.syntax import Choice, Edge, Node, Sequence_, read, sequence

Owner = tuple[int, int, bool, int]
"""A guard, the number of its pattern, whether it asks for the start, and the pattern without which it means nothing, or -1."""

_WORD = re.compile(r"(?:\[\^A-Za-z\])?[A-Za-z0-9_ -]*[A-Za-z0-9_]").fullmatch
START = Edge(r"\A")
STARTS = ("^", r"\A")
LITERAL = 4
"""So many letters in a row are rare enough to be looked for at once."""
MANY = 16
"""So many words that a pattern may begin with are a line each. Countries of account numbers in one line made the automaton of numbers larger by
two fifths, slower by half and more than twice as long to compile."""


class Table(Struct, frozen=True):
    """Lines and their owners."""

    first: dict[Line, list[Owner]]
    signed: dict[Line, list[Owner]]
    second: dict[Line, list[Owner]]


def table(guards: Sequence[Guard]) -> Table:
    owners: dict[Line, list[Owner]] = {}
    for number, guard in enumerate(guards):
        for index, pattern in enumerate(guard.patterns):
            for each in lines(pattern):
                owners.setdefault(each, []).append((number, index, pattern.spans, pattern.needs))
    alone = {
        each: own
        for each, own in owners.items()
        if any(needs < 0 for _, _, _, needs in own) or _worded(each.expression)
    }
    signed = {
        each: own
        for each, own in alone.items()
        if all(guards[number].patterns[index].signed for number, index, *_ in own)
    }
    first = {each: own for each, own in alone.items() if each not in signed}
    return Table(first, signed, {each: own for each, own in owners.items() if each not in alone})


def beginnings(guards: Sequence[Guard]) -> dict[Line, set[int]]:
    """What a stream may hold, and for which guards."""
    starts: dict[Line, set[int]] = {}
    for number, guard in enumerate(guards):
        for pattern in guard.patterns:
            if not pattern.hint and (begun := start(pattern)) is not None:
                starts.setdefault(begun, set()).add(number)
    return starts


def _worded(expression: str) -> bool:
    """A word is in every match: then the automaton loses no time with it."""
    node = read(expression)
    items = node.items if isinstance(node, Sequence_) else (node,)
    return any(isinstance(item, Choice) and all(map(_word, item.options)) for item in items)


def _word(node: Node) -> bool:
    text = written(node)
    return len(text) >= LITERAL and text.isalpha() and text.isascii()


def lines(pattern: Pattern) -> Iterator[Line]:
    """What the automaton looks for. A hint is as many lines as it has words. Where a text starts, a line ends before it (`hits`):
    words at the start of a text would be twice as many lines, and take longer to compile than all others.
    """
    node = read(pattern.expression)
    if not pattern.hint:
        if any(isinstance(each, Edge) and each.text in STARTS for each in parts(node)):
            raise ValueError(
                f"{pattern.expression!r} asks for the start of a text, which only a hint may: the automaton sees a line's end there"
            )
        for each in _by_first_word(node, pattern):
            yield _looked_for(each, pattern)
        return
    options = [_options(item) for item in (node.items if isinstance(node, Sequence_) else (node,))]
    for chosen in product(*options):
        if chosen[0] == START:
            continue
        yield _word_line(chosen, pattern)


def _by_first_word(node: Node, pattern: Pattern) -> Iterator[Node]:
    if isinstance(node, Sequence_) and not pattern.spans:
        options = _options(node.items[0])
        if len(options) >= MANY and all(_WORD(written(option)) for option in options):
            yield from (sequence((option, *node.items[1:])) for option in options)
            return
    yield node


def _word_line(chosen: Sequence[Node], pattern: Pattern) -> Line:
    expression = "".join(map(written, chosen))
    if _WORD(expression) is not None:
        return Line(expression, pattern.caseless, bytewise=True)
    node = core(sequence(chosen))
    expression = written(node)
    by_bytes = exactly(node) if pattern.caseless else None
    return Line(expression if by_bytes is None else written(by_bytes), pattern.caseless, bytewise=by_bytes is not None)


def _options(node: Node) -> Sequence[Node]:
    return node.options if isinstance(node, Choice) and not node.flags else (node,)


def line(pattern: Pattern) -> Line:
    """A pattern as one line, as those are that ask for spans."""
    return _looked_for(read(pattern.expression), pattern)


def _looked_for(node: Node, pattern: Pattern) -> Line:
    """Where spans are asked for, every end of a match."""
    if pattern.spans:  # nobody confirms that `\u212a` is no K
        return Line(written(plain(node)), pattern.caseless)
    node = core(node)
    return _line(node, pattern, core(roughly(node)) if _rough(node, pattern) else None)


def _rough(node: Node, pattern: Pattern) -> bool:
    """It may find too much, and is not the same read by bytes."""
    return pattern.confirmed and not pattern.caseless and not ascii_only(node) and sayable(parts(node))


def _line(node: Node, pattern: Pattern, rough: Node | None, before: str = "{}") -> Line:
    if rough is not None:
        return Line(before.format(written(rough)), pattern.caseless, bytewise=True)
    return Line(before.format(written(node)), pattern.caseless, bytewise=not pattern.spans and ascii_only(node))


def start(pattern: Pattern) -> Line | None:
    """None: it begins with one word, and ends in it."""
    node = beginning(loose(ahead(read(pattern.held or pattern.expression)), low=True))
    if node == NOTHING:
        return None
    return _line(node, pattern, roughly(node) if _rough(node, pattern) else None, "^(?:{})")


def mirror(pattern: Pattern) -> Line:
    return Line(f"^(?:{written(mirrored(read(pattern.expression)))})", pattern.caseless)

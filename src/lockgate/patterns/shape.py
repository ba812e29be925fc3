"""What a pattern's tree says of it: how long its matches are, and its core.

core       the pattern without what its ends may have more of: what the automaton looks for
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from lockgate.patterns.syntax import Chars, Choice, Edge, Look, Node, Repeat, Sequence_, sequence

NOTHING = Sequence_(())
NO_NODE: Node = NOTHING
EDGE = Edge(r"\b")
BEYOND = "\u4e2d"
"""A character that no class in ASCII has, but for those that say what they have not."""
_NAMED = re.compile(r"\\[xupP]").search
LONG = 24
"""From so many repeats on, the automaton counts no further."""


def width(node: Node) -> tuple[int, int]:
    """The shortest and the longest match, in characters."""
    match node:
        case Chars():
            return 1, 1
        case Sequence_(items):
            widths = [width(item) for item in items]
            return sum(w[0] for w in widths), sum(w[1] for w in widths)
        case Choice(options):
            widths = [width(option) for option in options]
            return min(w[0] for w in widths), max(w[1] for w in widths)
        case Repeat(inner, low, high):
            least, most = width(inner)
            return least * low, most * high
    return 0, 0


def written(node: Node) -> str:
    """The pattern as text. Groups do not capture."""
    match node:
        case Chars(text) | Edge(text) | Look(text):
            return text
        case Sequence_(items):
            return "".join(map(written, items))
        case Choice(options, flags):
            return f"(?{flags}:" + "|".join(map(written, options)) + ")"
        case Repeat(inner, low, high, endless):
            one = written(inner) if isinstance(inner, Chars) else f"(?:{written(inner)})"
            return one + _count(low, high, endless=endless)


def _count(low: int, high: int, *, endless: bool) -> str:
    if endless:
        return "*" if not low else "+" if low == 1 else f"{{{low},}}"
    return "?" if (low, high) == (0, 1) else f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def plain(node: Node) -> Node:
    """Without looks: what the automaton takes."""
    match node:
        case Look():
            return NOTHING
        case Sequence_(items):
            return sequence([plain(item) for item in items if not isinstance(item, Look)])
        case Choice(options, flags):
            return Choice(tuple(map(plain, options)), flags)
        case Repeat(inner, low, high, endless):
            return Repeat(plain(inner), low, high, endless)
    return node


def core(node: Node) -> Node:
    """Repeats at both ends only as often as they must: one match of many lengths is one hit. Long repeats inside have no
    end: that makes the automaton small, and a hit is confirmed anyway.
    """
    return loose(_trimmed(_trimmed(plain(_edged(node)), -1), 0))


def _edged(node: Node) -> Node:
    """Where a look says that no word goes on, and a word begins or ends there, that is an edge: an automaton of edges is
    smaller than one without by far, and has fewer hits.
    """
    if not isinstance(node, Sequence_):
        return node
    items = list(node.items)
    inner = [item for item in items if not isinstance(item, Look)]
    if inner and any(_no_word(item, "(?<!") for item in _leading(items)) and _wordy(inner[0], 0):
        items.insert(0, EDGE)
    if inner and any(_no_word(item, "(?!") for item in _leading(items[::-1])) and _wordy(inner[-1], -1):
        items.append(EDGE)
    return Sequence_(tuple(items))


def _leading(items: list[Node]) -> Iterator[Node]:
    return takewhile(lambda item: isinstance(item, Look), items)


def _no_word(node: Node, opening: str) -> bool:
    inside = (
        node.text[len(opening) :].partition("]")[0] if isinstance(node, Look) and node.text.startswith(opening) else ""
    )
    return inside == r"\w)" or (inside.startswith("[") and r"\w" in inside)


def _wordy(node: Node, end: int) -> bool:
    """Its first or last character is one of a word in ASCII, as edges are, and always the same number of them."""
    match node:
        case Chars(text):
            return one_byte(text) and _of_words(text)
        case Sequence_(items):
            return bool(items) and _wordy(items[end], end)
        case Choice(options):
            return all(_wordy(option, end) for option in options)
        case Repeat(inner, low, high):
            return low == high and low > 0 and _wordy(inner, end)
    return False


@cache
def _of_words(chars: str) -> bool:
    among = re.compile(chars, re.DOTALL).match
    return all(char.isalnum() or char == "_" for char in map(chr, range(128)) if among(char))


def loose(node: Node, *, low: bool = False) -> Node:
    """Long repeats without an end; with `low`, without a least number, too."""
    match node:
        case Sequence_(items):
            return sequence([loose(item, low=low) for item in items])
        case Choice(options, flags):
            return Choice(tuple(loose(option, low=low) for option in options), flags)
        case Repeat(inner, least, most, endless):
            many = most >= LONG and (low or most > least)
            return Repeat(loose(inner, low=low), min(1, least) if low and many else least, most, endless or many)
    return node


def _trimmed(node: Node, end: int) -> Node:
    match node:
        case Repeat(inner, low, high) if high > low:
            return _trimmed(Repeat(inner, low, low), end) if low else NOTHING
        case Repeat(inner, 1, 1):
            return _trimmed(inner, end)
        case Sequence_(items) if items and items[end] != EDGE:
            rest = items[1:] if end == 0 else items[:-1]
            trimmed = _trimmed(items[end], end)
            if trimmed == NOTHING:
                return _trimmed(sequence(rest), end) if rest else NOTHING
            return sequence((trimmed, *rest) if end == 0 else (*rest, trimmed))
        case Choice(options, flags) if len(options) == 1 or end == -1:
            each = tuple(dict.fromkeys(_trimmed(option, end) for option in options))
            if NOTHING not in each:
                return Choice(each, flags)
            return NOTHING if len(options) == 1 else node
    return node


def backwards(node: Node) -> Node:
    """What matches a text from its end. Edges are left out: what comes after the end is not known."""
    match node:
        case Chars():
            return node
        case Sequence_(items):
            return sequence([backwards(item) for item in reversed(items)])
        case Choice(options, flags):
            return Choice(tuple(map(backwards, options)), flags)
        case Repeat(inner, low, high, endless):
            return Repeat(backwards(inner), low, high, endless)
    return NOTHING


def mirrored(node: Node) -> Node:
    """What matches a match from its end, edges between its characters and before them included."""
    match node:
        case Sequence_(items):
            rest = list(items)
            while rest and isinstance(rest[-1], Edge):  # it was looked at going forward
                rest.pop()
            return sequence([_mirrored(item) for item in reversed(rest)])
        case Choice(options, flags):
            return Choice(tuple(map(mirrored, options)), flags)
    return _mirrored(node)


def _mirrored(node: Node) -> Node:
    match node:
        case Edge():
            return node
        case Sequence_(items):
            return sequence([_mirrored(item) for item in reversed(items)])
        case Choice(options, flags):
            return Choice(tuple(map(_mirrored, options)), flags)
        case Repeat(inner, low, high, endless):
            return Repeat(_mirrored(inner), low, high, endless)
    return backwards(node)


def ascii_only(node: Node) -> bool:
    """All that it matches is ASCII: then it is the same read by bytes as by characters."""
    return all(one_byte(each.text) for each in parts(node) if isinstance(each, Chars))


@cache
def one_byte(chars: str) -> bool:
    """All characters of this class are ASCII: it is written in it, and not as all but some."""
    return chars.isascii() and _NAMED(chars) is None and re.search(chars, BEYOND, re.DOTALL | re.ASCII) is None


def looks(node: Node) -> bool:
    """It looks around somewhere."""
    return any(isinstance(each, Look) for each in parts(node))


def anchored(node: Node) -> bool:
    """It asks for the start or the end of the text."""
    return any(isinstance(each, Edge) and each.text not in (r"\b", r"\B") for each in parts(node))


def parts(node: Node) -> Iterator[Node]:
    """The node and everything in it, in order. Not by a generator for each: most of what a table takes were these."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        match each:
            case Sequence_(inner) | Choice(inner):
                waiting.extend(inner[::-1])
            case Repeat(one):
                waiting.append(one)

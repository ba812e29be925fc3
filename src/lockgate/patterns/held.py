"""What of a pattern a stream has to hold: every beginning of a match that ends between words, read backwards from a text's end.

Beginnings that end in a word need no automaton: the last word of a text is held whatever it is.
"""

import re
from functools import cache, reduce

from lockgate.patterns.shape import NO_NODE, NOTHING, backwards, one_byte
from lockgate.patterns.syntax import Chars, Choice, Edge, Look, Node, Repeat, Sequence_, read, sequence

WORD = r"A-Za-z0-9_.+/=%'\u00c0-\u017f\u1e9e\u212a\u212b-"
"""As a class: what words, numbers, keys and addresses are made of. At its end a stream holds all of it that stands together, so
that no automaton has to know how each of them begins.
"""
_AHEAD = "(?="
_OUTSIDE = re.sub(f"[{WORD}]", "", "".join(map(chr, range(0xD800))) + "\uff21\U00010000\U000e0041")
_OUTSIDE_ASCII = "".join(filter(str.isascii, _OUTSIDE))


def ahead(node: Node) -> Node:
    """What a look at its end wants to see is read as if it belonged to the match: it may come in pieces, too."""
    if isinstance(node, Sequence_) and isinstance(last := node.items[-1], Look) and last.text.startswith(_AHEAD):
        return sequence((*node.items[:-1], read(f"(?:{last.text.removeprefix(_AHEAD)}")))
    return node


def beginning(node: Node) -> Node:
    """Every beginning of a match that ends in something else than a word, backwards. Too much rather than too little."""
    match node:
        case Chars(text):
            return NOTHING if _in_words(text) else node
        case Choice(options, flags):
            some = tuple(found for option in options if (found := beginning(option)) != NOTHING)
            return Choice(some, flags) if some else NOTHING
        case Repeat(inner, _, high, endless):
            one = beginning(inner)
            if one == NOTHING or high == 1:
                return one
            if isinstance(inner, Chars):
                return Repeat(inner, 1, high, endless)
            return sequence((one, Repeat(backwards(inner), 0, high - 1, endless)))
        case Sequence_(items):
            return reduce(_before, reversed(items), NO_NODE)
    return NOTHING


def _before(later: Node, item: Node) -> Node:
    """Beginnings that end in `later`, after the whole item; or in the item itself."""
    if isinstance(item, Edge | Look):
        return later
    if later == NOTHING:
        return beginning(item)
    here = beginning(item)
    if here == NOTHING:
        return sequence((later, backwards(item)))
    if isinstance(item, Chars):
        return sequence((Repeat(later, 0, 1), item))
    return Choice((sequence((later, backwards(item))), here))


@cache
def _in_words(chars: str) -> bool:
    return re.search(chars, _OUTSIDE_ASCII if one_byte(chars) else _OUTSIDE, re.DOTALL | re.ASCII) is None

"""What is taken out of a tool's arguments leaves JSON behind: no half of an escape, and no bare word where a number stood."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import structs

from lockgate.core.guard import Hole

_SIGNS = re.compile(r'\\(?:u[0-9a-fA-F]{0,4}|.)?|"', re.DOTALL)
_DOCUMENT = ("{", "[")
_LONG = 6
"""Characters of the longest escape."""


def rest(text: str) -> str:
    """What stands for a text before the one that follows it, so that strings and escapes go on as they were."""
    quoted, half = False, ""
    for sign in _SIGNS.finditer(text):
        quote = sign[0] == '"'
        quoted ^= quote
        half = sign[0] if not quote and sign.end() == len(text) and len(sign[0]) < _size(sign[0]) else ""
    return '"' * quoted + half


def fitted(text: str, ahead: str | None, holes: Sequence[Hole]) -> list[Hole]:
    """The holes, none of which begins or ends within an escape; a number that is a value of its own becomes a string.

    `ahead` is the `rest` of what went before; None for a whole text, which may be no JSON at all.
    """
    if ahead is None and not text.lstrip().startswith(_DOCUMENT):
        return list(holes)
    shift, whole = len(ahead or ""), (ahead or "") + text
    quotes, escapes, ends = [], [], []
    for sign in _SIGNS.finditer(whole):
        if sign[0] == '"':
            quotes.append(sign.start())
        else:
            escapes.append(sign.start())
            ends.append(sign.start() + _size(sign[0]))
    found = []
    for hole in holes:
        start, end = hole.start + shift, hole.end + shift
        at, last = bisect_right(escapes, start - 1) - 1, bisect_right(escapes, end - 1) - 1
        if at >= 0 and start < ends[at]:
            start = min(ends[at], end)
        if last >= 0 and end < ends[last]:
            end = max(escapes[last], start)
        value = bisect_right(quotes, start - 1) % 2 == 0 and whole[start:end].isdigit()
        instead = f'"{hole.instead}"' if value and not hole.instead.isdigit() else hole.instead
        found.append(structs.replace(hole, start=start - shift, end=end - shift, instead=instead))
    return found


def _size(escape: str) -> int:
    """Characters of an escape that begins so."""
    return _LONG if escape.startswith("\\u") else 2

"""Patterns read by bytes where they are not all ASCII: an automaton of such is compiled in two thirds of the time.

roughly    at least what the pattern matches: for those whose guard looks at each match itself
exactly    the same, with the cases of letters written out: for words
"""

import re
from collections.abc import Iterable
from functools import cache

from lockgate.patterns.shape import LONG
from lockgate.patterns.syntax import Chars, Choice, Node, Repeat, Sequence_, sequence

_MEMBER = re.compile(r"(\\?.)(?:-(\\?[^\]]))?", re.DOTALL)
_WRITTEN = re.compile(r"\\[xupPN]")
_LETTERS = "".join(map(chr, (*range(0x80, 0x590), *range(0x1E00, 0x2000))))
"""Those outside of ASCII that have cases."""
_PLAIN = {"^": r"\^", "]": r"\]", "-": r"\-"}
_FEW = 64
_LONGEST = 4
_FOLLOWING = r"\x80-\xbf"
FOLLOWING = bytes(range(0x80, 0xC0))
"""Bytes that begin no character."""
Ranges = list[tuple[int, int]]


def roughly(node: Node) -> Node:
    """A character of a class that is repeated may be any of its bytes; where a class says what is not in it, any byte."""
    match node:
        case Chars(text):
            return _one(text)
        case Sequence_(items):
            return sequence([roughly(item) for item in items])
        case Choice(options, flags):
            return Choice(tuple(map(roughly, options)), flags)
        case Repeat(Chars(text), low, high, endless) if text != _bytes(text)[0] or _bytes(text)[1] > 1:
            one, size = _bytes(text)
            if not one:
                return Repeat(_one(text), low, high, endless)
            many = size > 1 and high > low and high * size >= LONG
            return Repeat(Chars(one), low, high * size, endless or many)
        case Repeat(inner, low, high, endless):
            return Repeat(roughly(inner), low, high, endless)
    return node


def _one(text: str) -> Node:
    one, size = _bytes(text)
    if not one:
        return octets(text)
    if text.startswith("[") and not text.startswith("[^") and size > 1:
        return Choice(tuple(_by_length(text)))
    return Repeat(Chars(one), 1, size) if size > 1 else Chars(one)


@cache
def _bytes(text: str) -> tuple[str, int]:
    """A class of all bytes of these characters, and how many of them one has at most; no class for a character outside of ASCII."""
    if text.startswith("[^"):
        return f"[^{''.join(_split(text[1:])[0])}]", _LONGEST
    if text == "." or text[:2] in (r"\S", r"\W", r"\D"):
        return text, _LONGEST
    if text.isascii():
        return text, 1
    if not text.startswith("["):
        return "", len(text.encode())
    inside, outside = _split(text)
    leads = "".join(rf"\x{_lead(low):02x}-\x{_lead(high):02x}" for low, high in outside)
    return f"[{''.join(inside)}{_FOLLOWING}{leads}]", max(len(chr(high).encode()) for _, high in outside)


def _by_length(text: str) -> Iterable[Node]:
    """A class as its characters of one byte, of two, and of more."""
    inside, outside = _split(text)
    if inside:
        yield Chars(f"[{''.join(inside)}]")
    for low, high in outside:
        following = len(chr(high).encode()) - 1
        first = Chars(rf"[\x{_lead(low):02x}-\x{_lead(high):02x}]")
        yield sequence((first, Repeat(Chars(f"[{_FOLLOWING}]"), following, following)))


def _split(text: str) -> tuple[list[str], Ranges]:
    """What of a class is ASCII, and its other characters as ranges of such as are equally long."""
    inside: list[str] = []
    outside: Ranges = []
    for found in _MEMBER.finditer(text[1:-1]):
        if found[0].isascii():
            inside.append(_PLAIN.get(found[0], found[0]))
            continue
        low, high = ord(found[1][-1]), ord((found[2] or found[1])[-1])
        for least, most in ((0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF)):
            if low <= most and high >= least:
                outside.append((max(low, least), min(high, most)))
    return inside, outside


def _lead(code: int) -> int:
    """The first byte of a character."""
    return chr(code).encode("utf-8", "surrogatepass")[0]


def octets(text: str) -> Node:
    if text.isascii():
        return Chars(text)
    return sequence([Chars(rf"\x{byte:02x}") for byte in text.encode()])


def exactly(node: Node) -> Node | None:
    """None where it cannot be said so."""
    match node:
        case Chars(text):
            return _exact(text)
        case Sequence_(items):
            each = [exactly(item) for item in items]
            return None if None in each else sequence([item for item in each if item is not None])
        case Choice(options, flags):
            some = [exactly(option) for option in options]
            return None if None in some else Choice(tuple(option for option in some if option is not None), flags)
        case Repeat(inner, low, high, endless):
            one = exactly(inner)
            return None if one is None else Repeat(one, low, high, endless)
    return node


def _exact(text: str) -> Node | None:
    if _WRITTEN.search(text):
        return None
    if text.isascii():
        return Chars(text) if _bytes(text)[1] == 1 or text.startswith("[^") else None
    if text.startswith("[^"):
        return None
    inside, outside = _split(text) if text.startswith("[") else ([], [(ord(text), ord(text))])
    if sum(high - low + 1 for low, high in outside) > _FEW:
        return None
    chars = {case for low, high in outside for code in range(low, high + 1) for case in _cases(chr(code))}
    options = [Chars(f"[{''.join(inside)}]")] if inside else []
    return Choice((*options, *map(octets, sorted(chars))))


@cache
def _cases(char: str) -> str:
    return char + "".join(re.findall(re.escape(char), _LETTERS, re.IGNORECASE))


def sayable(parts: Iterable[Node]) -> bool:
    """No character is written as a number or by its name."""
    return not any(isinstance(each, Chars) and _WRITTEN.search(each.text) for each in parts)

"""May two questions share an answer? Not if one of them says a number, a name or a "not" that the other does not.

Vectors put "with" and "without", 5 and 50, Paris and London next to each other. So everything that turns a question into
another one is read off both texts, and has to be the same. It errs towards "no": a question that is asked again costs what it
costs anyway, a wrong answer costs more.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from msgspec import Struct

from lockgate.core.near_words import COUNTED, OPENERS, SAME

LONGEST = 1000
"""Characters. Long texts are alike though a sentence in them is not."""
_ORDERED = ("name", "number", "quoted")
"""From Paris to London is not from London to Paris, nor is 5 - 3 the same as 3 - 5."""

_SPELLED = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"')
    | dict.fromkeys("\u2018\u2019\u201a", "'")
    | dict.fromkeys("\u2012\u2013\u2014\u2212", "-")
)
"""Typographic quotes and dashes, as keyboards have them."""
_QUOTED = re.compile(r"```.*?(?:```|\Z)|`[^`]*`|\"[^\"]*\"|(?<!\w)'[^'\n]*'(?!\w)", re.DOTALL)
_OPEN = r"[^\s,;:!?()\"'.\u2026\u00bf\u00a1-]+"
_WORD = rf"{_OPEN}(?:[.,:'/@_-]+{_OPEN})*"
_PIECE = re.compile(_WORD + r"|[^\w\s]")
_PLAIN = frozenset(".,;:!?()\"'-\u2026\u00bf\u00a1")
_MINUS = re.compile(r"(?:^|[\s(=])-$")
_BEGINS = re.compile(r"(?:^|[.!?:\n])\W*$")
_ADDRESS = re.compile(r"[^\w'-]|_")
_TURNED = re.compile(r"(?:un|dis|non|anti|mis|irr|ill|imm|imp)\w{4,}|\w{3,}less")
_CONTRACTED = re.compile(r"(?:do|does|did|is|are|was|were|ca|could|wo|would|should|has|have|had|must|need|ai)n'?t")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e)$")


class Signature(Struct, frozen=True, array_like=True):
    """`marks`: a digest of all that has to be the same. `words`: what is said, as numbers, without the small words, in order."""

    marks: bytes
    words: tuple[int, ...]


def alike(one: Signature, other: Signature) -> bool:
    """Whether meaning may decide. The same words in another order, or with one in another's place, are another question."""
    if one.marks != other.marks:
        return False
    if one.words == other.words:
        return True
    mine, theirs = Counter(one.words), Counter(other.words)
    if mine == theirs:
        return _turned(one.words, other.words)
    return ((mine - theirs).total(), (theirs - mine).total()) != (1, 1)


def _turned(words: Sequence[int], others: Sequence[int]) -> bool:
    """The end was put in front: "In Python, how do I sort a list?"."""
    return len(words) > 2 and any(others == (*words[at:], *words[:at]) for at in range(1, len(words)))


def signature(text: str) -> Signature | None:
    """Nothing for a text that is never compared by meaning."""
    text = unicodedata.normalize("NFKC", text).strip().translate(_SPELLED)
    if not text or len(text) > LONGEST or not all(map(_readable, text)):
        return None
    said = list(_marks(text))
    told: dict[str, list[str]] = {}
    for kind, what in said:
        if kind != "word":
            told.setdefault(kind, []).append(what)
    digest = blake2b(digest_size=16)
    for kind, marks in sorted(told.items()):
        for mark in (kind, *(marks if kind in _ORDERED else sorted(marks)), ""):
            digest.update(b"%d:%s" % (len(mark), mark.encode()))
    return Signature(digest.digest(), tuple([_number(_ENDING.sub("", what)) for _, what in said]))


def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest())


def _readable(character: str) -> bool:
    """Of the Latin script, whose negations are known here, and to be seen: nothing may hide what a text says."""
    kind = unicodedata.category(character)
    if kind[0] == "L":
        return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")
    return kind[0] in "PSN" or character in " \t\r\n"


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """Everything that is said, each with its kind."""
    for found in _QUOTED.finditer(text):
        yield "quoted", found[0]
    rest = _QUOTED.sub(" ", text)
    for found in _PIECE.finditer(rest):
        yield from _mark(found[0], rest, found.start())


def _mark(piece: str, text: str, start: int) -> Iterator[tuple[str, str]]:
    word = piece.casefold()
    if len(piece) == 1 and not piece.isalnum():
        if piece not in _PLAIN or _alone(text, start):
            yield "symbol", piece
    elif any(character.isnumeric() for character in piece):
        yield "number", ("-" if _MINUS.search(text[max(0, start - 2) : start]) else "") + word
    elif _CONTRACTED.fullmatch(word):
        yield "no", "not"
    elif _ADDRESS.search(piece):
        yield "name", piece
    else:
        yield from _word(piece, word, opens=_BEGINS.search(text[max(0, start - 4) : start]) is not None)


def _alone(text: str, start: int) -> bool:
    """A dash with room around it may be a minus."""
    return text[start] == "-" and text[start - 1 : start].isspace() and text[start + 1 : start + 2].isspace()


def _word(piece: str, word: str, *, opens: bool) -> Iterator[tuple[str, str]]:
    elided, apostrophe, rest = word.partition("'")
    if apostrophe and elided in ("n", "d", "l", "j", "qu", "m", "s", "t", "c"):
        word = rest
        if elided == "n":
            yield "no", "ne"
    word = re.sub(r"'(?:s|re|ve|ll|d|m)?$", "", word)
    for part in (word, *(word.split("-") if "-" in word else ())):
        part = SAME.get(part, part)
        if kind := COUNTED.get(part):
            yield kind, part[:-1] if part[-1] == "s" and COUNTED.get(part[:-1]) == kind else part
        elif _TURNED.fullmatch(part):
            yield "turn", part
    if word == "i" or COUNTED.get(word) == "name":
        return
    small = all(part in OPENERS for part in word.split("-"))
    if any(character.isupper() for character in piece[1:]) or (piece[0].isupper() and not (opens and small)):
        yield "name", word
    elif not small and word not in COUNTED:
        yield "word", word

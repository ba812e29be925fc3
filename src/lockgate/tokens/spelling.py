"""Tokens as models write them: in another case, with blanks, markdown or escapes in them, without their brackets.

In brackets nearly anything goes: nobody else writes `< Email 1 >`. Without brackets a token is only its capital letters, a line and
the number, apart from other words. What is held of a stream is what may still become a token: the `regex` package knows whether a
text is the beginning of a match.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from lockgate.core.restoring import Spelled
from lockgate.tokens.formats import FORMATS, Form, form_id
from lockgate.tokens.ids import labelled

LONG = 192
"""No spelling of a token is longer, and none depends on more than `BEFORE` characters in front of it."""
BEFORE = 3
MOST_KINDS = 200
LONGEST_START = 48
"""Of what may stand in front of a sign that there may be a token: a bracket, however it is escaped, a bare kind."""
_ZERO = "\u200b-\u200d\u2060\ufeff"
_DECOR = rf"[ \t\r\n\u00a0{_ZERO}`*_~]{{0,4}}"
_BETWEEN = rf"[ {_ZERO}]{{0,2}}"
_LINE = rf"(?:[ \t\r\n\u00a0{_ZERO}_\-\u2010-\u2015:#.`*]|%5F|&\#95;|\\{{1,8}}(?:u005f)?){{0,5}}"
_OPEN = r"\\{1,8}u003c|&(?:amp;){0,3}(?:lt|\#60|\#x3c);|%(?:25){0,3}3C|<|\uff1c|\u2039"  # JSON, HTML, URL, and as it is
_CLOSE = r"\\{1,8}u003e|&(?:amp;){0,3}(?:gt|\#62|\#x3e);|%(?:25){0,3}3E|/?>|\uff1e|\u203a"
_NUMBER = r"0{0,2}(?P<n>[1-9][0-9]{0,6})(?![0-9])"
_NUMBERED = re.compile("_[0-9]")
_ESCAPES = re.compile(r"[&%]|(?<!\\)\\")
_NEVER = re.compile("(?!)")
_WORD_GOES_ON = re.compile("_?[A-Za-z0-9]").match
_STARTS = "<&%\\\\\uff1c\u2039"


class Spelling:
    """Of the tokens of some kinds and forms."""

    def __init__(self, kinds: Collection[str], forms: Collection[Form]) -> None:
        import regex  # type: ignore[import-untyped]  # noqa: PLC0415  only where there are tokens

        ordered = sorted(kinds, key=lambda kind: (-len(kind), kind))
        loose, plain = "|".join(map(_loose, ordered)), "|".join(kind.replace("_", r"\\{0,4}_") for kind in ordered)
        opened = rf"(?:(?P<b>\\{{1,8}})(?=<))?(?P<o>{_OPEN}){_DECOR}(?P<k>{loose}){_LINE}{_NUMBER}"
        closed = rf"(?:{_DECOR}(?P<e>\\{{1,8}}(?=>))?(?P<c>{_CLOSE}))?"
        bare = rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9]_)(?P<k>(?-i:{plain}))\\{{0,4}}_{_NUMBER}_?"
        shaped = [rf"(?P<f>{form.pattern}){form.more}" for form in forms]
        self._token: Any = regex.compile("|".join([opened + closed, bare, *shaped]), regex.I)
        initials = "".join(sorted({kind[0] for kind in kinds}))
        self._opens = re.compile(rf"(?:[<;\uff1c\u2039]|3[cC]){_DECOR}[{initials}{initials.lower()}]")
        self._signs = [sign for form in forms for sign in form.quick]
        shapes = "".join(sorted({char for form in forms for char in form.starts}))
        self._words = re.compile(rf"(?<![A-Za-z0-9])[{initials}]")
        self._shapes = re.compile(rf"(?<![A-Za-z0-9])[{re.escape(shapes)}]") if shapes else _NEVER
        self._begins: Any = re.compile(f"[{_STARTS}]|{self._words.pattern}|{self._shapes.pattern}")

    def spelled(self, text: str, start: int = 0) -> Iterator[Spelled]:
        """The tokens in a text, from `start` on, whatever they stand for."""
        if len(text) - start < LONG and self._begins.search(text, start) is None:
            return
        end = start
        for begin in self._near(text, start):
            if begin < end or (match := self._token.match(text, begin)) is None:
                continue
            if (found := _read(match, text)) is not None:
                end = found.end
                yield found

    def _near(self, text: str, start: int) -> Sequence[int]:
        """Where tokens may begin: behind brackets stands a letter that one begins with, and bare ones end in a number."""
        found: set[int] = set()
        for hit in self._opens.finditer(text, start):
            found.update(_brackets(text, start, hit.start()))
        for hit in _NUMBERED.finditer(text, start):
            found.update(_within(self._words, text, start, hit.start()))
        if self._signs and (len(low := text.lower()) == len(text) or (low := text)):
            for at in (at for sign in self._signs for at in _places(low, sign, start)):
                found.update(_within(self._shapes, text, start, at))
        return sorted(found)

    def growing(self, text: str, start: int) -> int:
        """How many characters at the end, behind `start`, may still become a token, or more of one."""
        end = len(text)
        for begin in self._begins.finditer(text, max(start, end - LONG)):
            match = self._token.fullmatch(text, begin.start(), partial=True)
            if match is not None and (match.partial or match["c"] is None):
                return end - int(begin.start())
        return 0


def _brackets(text: str, start: int, at: int) -> Iterator[int]:
    """Where a bracket begins that ends here."""
    if text[at] in ";3":
        yield from _within(_ESCAPES, text, start, at)
        return
    first = at
    while first > max(start, at - 8) and text[first - 1] == "\\":
        first -= 1
    yield first


def _within(begins: "re.Pattern[str]", text: str, start: int, at: int) -> Iterator[int]:
    return (begin.start() for begin in begins.finditer(text, max(start, at - LONGEST_START), at + 1))


def _places(text: str, part: str, start: int) -> Iterator[int]:
    at = text.find(part, start)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _read(match: Any, text: str) -> Spelled | None:
    """Backslashes in front of both brackets are markdown's; in front of one of them they are not the token's."""
    if "f" in match.groupdict() and match["f"] is not None:
        return Spelled(match.start(), match.end("f"), form_id(match["f"]), "")
    name, opened = labelled(match["k"], match["n"]), match["o"]
    if opened is None:
        end = match.end("n")
        return None if _WORD_GOES_ON(text, end) else Spelled(match.start(), end, name, "")
    if (match["b"] or "") == (match["e"] or ""):
        return Spelled(match.start(), match.end(), name, opened)
    return Spelled(match.start("o"), match.end("n") if match["e"] else match.end(), name, opened)


def _loose(kind: str) -> str:
    return "".join(_LINE if char == "_" else char + _BETWEEN * (at + 1 < len(kind)) for at, char in enumerate(kind))


_seen: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
"""Kinds and forms that any conversation had."""


def spelling(kinds: frozenset[str], formats: frozenset[str]) -> Spelling:
    """`formats` are kinds whose tokens have the form of their values.

    What comes back knows all kinds that there ever were: they come from rules, so there are few, and compiling takes milliseconds.
    """
    global _seen  # noqa: PLW0603  it only grows
    _seen = _seen[0] | kinds, _seen[1] | formats
    return _compiled(*_seen) if len(_seen[0]) <= MOST_KINDS else _compiled(kinds, formats)


@lru_cache(maxsize=16)
def _compiled(kinds: frozenset[str], formats: frozenset[str]) -> Spelling:
    return Spelling(kinds, list(dict.fromkeys(FORMATS[kind] for kind in sorted(formats))))

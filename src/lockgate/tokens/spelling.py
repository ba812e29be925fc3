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
LONGEST_OPEN = 24
"""Of a bracket, however it is escaped."""
_ZERO = "\u200b-\u200d\u2060\ufeff"
_BLANK = rf"[ \t\r\n\u00a0{_ZERO}]"
_DECOR = rf"[ \t\r\n\u00a0{_ZERO}`*_~]{{0,4}}"
_BETWEEN = rf"[ {_ZERO}]{{0,2}}"
_LINE = rf"[ \t\u00a0{_ZERO}_\-\u2010-\u2015:#.`*\\]{{0,5}}"
_OPEN = r"\\{1,8}u003c|&(?:amp;){0,3}(?:lt|\#60|\#x3c);|%(?:25){0,3}3C|<|\uff1c|\u2039"  # JSON, HTML, URL, and as it is
_CLOSE = r"\\{1,8}u003e|&(?:amp;){0,3}(?:gt|\#62|\#x3e);|%(?:25){0,3}3E|/?>|\uff1e|\u203a"
_NUMBER = r"0{0,2}(?P<n>[1-9][0-9]{0,6})(?![0-9])"
_STARTS = "<&%\\\\\uff1c\u2039"


class Spelling:
    """Of the tokens of some kinds and forms."""

    def __init__(self, kinds: Collection[str], forms: Collection[Form]) -> None:
        import regex  # type: ignore[import-untyped]  # noqa: PLC0415  only where there are tokens

        loose = "|".join(_loose(kind) for kind in sorted(kinds, key=lambda kind: (-len(kind), kind)))
        plain = "|".join(kind.replace("_", r"\\{0,4}_") for kind in sorted(kinds, key=lambda kind: (-len(kind), kind)))
        core = rf"{_DECOR}(?P<k>{loose}){_LINE}{_NUMBER}{_DECOR}"
        paired = "|".join(rf"{mark}(?P<o><){core}{mark}(?P<c>>)" for mark in (r"\\\\\\\\", r"\\\\", r"\\"))
        opened = rf"(?P<o>{_OPEN}){_DECOR}(?P<k>{loose}){_LINE}{_NUMBER}(?:{_DECOR}(?P<c>{_CLOSE}))?"
        bare = rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9]_)(?P<k>(?-i:{plain}))\\{{0,4}}_{_NUMBER}"
        of_forms = [f"(?P<f>{form.pattern})" for form in forms]
        self._whole: Any = regex.compile("|".join([paired, opened, bare + "(?!_?[A-Za-z0-9])", *of_forms]), regex.I)
        more = [f"(?P<f>{form.pattern}){form.more}" for form in forms]
        self._partial: Any = regex.compile("|".join([paired, opened, bare + "_?", *more]), regex.I)
        initials = "".join(sorted({kind[0] for kind in kinds}))
        shapes = "".join(sorted({char for form in forms for char in form.starts}))
        two = "|".join(sorted({_either(kind[0]) + _BETWEEN + _either(kind[1:2]) for kind in kinds}))
        hints = [rf"[<;\uff1c\u2039]{_DECOR}(?:{two})", rf"3[cC]{_DECOR}(?:{two})", *(form.quick for form in forms)]
        self._hints = [re.compile(hint) for hint in hints]
        self._names = sorted({kind.partition("_")[0] for kind in kinds})
        begins = [f"[{_STARTS}]", *(rf"(?<![A-Za-z0-9])[{regex.escape(some)}]" for some in (initials, shapes) if some)]
        self._begins: Any = regex.compile("|".join(begins))

    def spelled(self, text: str, start: int = 0) -> Iterator[Spelled]:
        """The tokens in a text, from `start` on, whatever they stand for."""
        if len(text) - start < LONG and self._begins.search(text, start) is None:
            return
        end = start
        for hint in self._near(text, start):
            for begin in self._begins.finditer(text, max(end, hint - LONGEST_OPEN), hint + 1):
                if begin.start() < end or (match := self._whole.match(text, begin.start())) is None:
                    continue
                end = match.end()
                yield _read(match)

    def _near(self, text: str, start: int) -> Sequence[int]:
        """Where there may be tokens: looking there only takes a tenth of the time of looking everywhere."""
        found = [hit.start() for hint in self._hints for hit in hint.finditer(text, start)]
        for name in self._names:
            at = text.find(name, start)
            while at >= 0:
                found.append(at)
                at = text.find(name, at + 1)
        return sorted(found)

    def growing(self, text: str, start: int) -> int:
        """How many characters at the end, behind `start`, may still become a token, or more of one."""
        end = len(text)
        for begin in self._begins.finditer(text, max(start, end - LONG)):
            match = self._partial.fullmatch(text, begin.start(), partial=True)
            if match is not None and (match.partial or match["c"] is None):
                return end - int(begin.start())
        return 0


def _read(match: Any) -> Spelled:
    form = match["f"] if "f" in match.groupdict() else None
    if form is not None:
        return Spelled(match.start(), match.end(), form_id(form), "")
    return Spelled(match.start(), match.end(), labelled(match["k"], match["n"]), match["o"] or "")


def _either(letter: str) -> str:
    return f"[{letter}{letter.lower()}]" if letter.isalpha() else f"[{letter}{_ZERO} -]"


def _loose(kind: str) -> str:
    return "".join(
        rf"{_BLANK}?[_\-\\{_ZERO} ]{{0,4}}" if char == "_" else char + _BETWEEN * (at + 1 < len(kind))
        for at, char in enumerate(kind)
    )


@lru_cache(maxsize=64)
def spelling(kinds: frozenset[str], formats: frozenset[str]) -> Spelling:
    """`formats` are kinds whose tokens have the form of their values."""
    return Spelling(kinds, list(dict.fromkeys(FORMATS[kind] for kind in sorted(formats))))

"""The way back: tokens of an answer become the values that the client sent, written as the place needs them."""

import html
import math
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from lockgate.core.guard import Hole
from lockgate.core.names import Names
from lockgate.core.restoring import Spelled
from lockgate.tokens.spelling import BEFORE, Spelling

IN_URL = 128
"""How far in front of a token is looked for the beginning of an address that it is in."""
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,15}://[^\s\"'<>]{0,100}\Z|[?&][^\s\"'<>=&]{1,60}=\Z")
_SIGN = re.compile(r'\\.|"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?").fullmatch
_encode = msgspec.json.Encoder().encode


class Restorer:
    """Knows the values that may go back to this client in this answer, by the ids of their tokens, and no others.

    `tools` are those that may be called with true values.
    """

    before = max(BEFORE, IN_URL)

    def __init__(self, values: Mapping[str, tuple[str, str]], spelling: Spelling, tools: Names) -> None:
        self._values = values
        self._spelling = spelling
        self._tools = tools

    def may_go_to(self, tool: str) -> bool:
        return tool in self._tools

    def growing(self, text: str, start: int) -> int:
        """How many characters at the end, behind `start`, may still become a token."""
        return self._spelling.growing(text, start)

    def waits(self, text: str, token: Spelled) -> bool:
        return False

    def found(self, text: str, start: int = 0, *, exact: bool = False) -> Sequence[Spelled]:
        """Tokens that stand for a value. `exact`: only as they were given, to the letter."""
        return [
            each
            for each in self._spelling.spelled(text, start)
            if each.id in self._values and (not exact or text[each.start : each.end] == self._values[each.id][0])
        ]

    def left(self, left: str, dropped: str) -> str:
        return ""

    def holes(
        self, text: str, found: Sequence[Spelled], ahead: str | None = None, *, strict: bool = False, left: str = ""
    ) -> list[Hole]:
        """What stands in their place. `ahead`: the text goes on a JSON document, and this stands for all before it."""
        out: list[Hole] = []
        quoted, at = _quotes(ahead or "") % 2 == 1, 0
        for each in found:
            quoted, at = quoted ^ (ahead is not None and _quotes(text[at : each.start]) % 2 == 1), each.start
            value = _as_bracket(self._values[each.id][1], text, each)
            if ahead is not None and quoted:
                value = _json(value, max(1, _depth(each.opened)))
            elif strict and ahead is not None:
                value = value if _NUMBER(value) else _encode(value).decode()
            elif each.opened.startswith("\\"):
                value = _json(value, _depth(each.opened))
            out.append(Hole(each.start, each.end, value))
        return out


def _as_bracket(value: str, text: str, each: Spelled) -> str:
    """Escaped as the bracket was: whoever writes `%3C` in an address means the value as it stands in an address."""
    if each.opened.startswith("%") and _URL.search(text[max(0, each.start - IN_URL) : each.start]):
        return quote(value, safe="@:/,;~")
    return html.escape(value, quote=False) if each.opened.startswith("&") else value


def _json(value: str, depth: int) -> str:
    for _ in range(depth):
        value = _encode(value).decode()[1:-1]
    return value


def _depth(opened: str) -> int:
    """How many strings of JSON lie around a bracket that is written so."""
    marks = len(opened) - len(opened.lstrip("\\"))
    return int(math.log2(marks)) + 1 if marks else 0


def _quotes(text: str) -> int:
    """Of JSON, how many that begin or end a string."""
    return sum(sign[0] == '"' for sign in _SIGN.finditer(text))

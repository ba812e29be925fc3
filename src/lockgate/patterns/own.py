"""Patterns of the operator's: checked before there is traffic, and never given to an engine that backtracks."""

import re

from lockgate.core.guard import Pattern
from lockgate.patterns.database import refusal
from lockgate.patterns.shape import anchored, looks, parts, width
from lockgate.patterns.syntax import Chars, Node, read
from lockgate.patterns.table import line, mirror, start

LONGEST = 1000
"""No match of an own pattern is longer: a stream holds so much of a text at most."""
_SETS = re.compile(r"\[[:.=]|\A\[\^?\[|--|&&|~~|\|\|")
"""In a class: sets within sets to some readers, and characters to others."""


def own_pattern(expression: str, *, caseless: bool = False) -> Pattern:
    """The pattern, or a `ValueError` that says why it cannot be one."""
    pattern = Pattern(expression, caseless, spans=True)
    try:
        node = read(expression)
        if reason := _reason(node):
            raise ValueError(reason)  # noqa: TRY301  all reasons go the same way
        wanted = [each for each in (line(pattern), start(pattern), mirror(pattern)) if each is not None]
        if reason := next(filter(None, map(refusal, wanted)), ""):
            raise ValueError(reason[:1].lower() + reason[1:])  # noqa: TRY301
    except (ValueError, re.error) as error:
        raise ValueError(f"an expression that can be used instead of {_shown(expression)}: {error}") from None
    except RecursionError:
        raise ValueError(f"fewer brackets within each other than {_shown(expression)} has") from None
    return pattern


def _shown(expression: str) -> str:
    return repr(expression if len(expression) <= 200 else expression[:199] + "…")


def _reason(node: Node) -> str:
    """Why it cannot be one. `re.error` says what Python's own reader does not take: what a stream holds back is told by it."""
    if looks(node):
        return "looking ahead or behind is not possible"
    if anchored(node):
        return "`^` and `$` are not possible: texts come in pieces"
    least, _ = width(node)
    if not least:
        return "it matches the empty text, so it would match everywhere"
    if least > LONGEST:
        return f"it only matches what is longer than {LONGEST} characters, which no match is"
    for chars in dict.fromkeys(each.text for each in parts(node) if isinstance(each, Chars)):
        if chars.startswith("[") and (found := _SETS.search(chars)):
            return f"`{found[0]}` in `{chars}` is a set difference, a nested set or the like to some, and characters to others"
        re.compile(chars, re.DOTALL | re.ASCII)
    return ""


def longest_of(expression: str) -> int:
    return min(LONGEST, width(read(expression))[1])

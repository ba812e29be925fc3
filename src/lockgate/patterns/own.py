"""Patterns of the operator's: checked before there is traffic, and never given to an engine that backtracks."""

from lockgate.core.guard import Pattern
from lockgate.patterns.database import refusal
from lockgate.patterns.shape import anchored, looks, width
from lockgate.patterns.syntax import read
from lockgate.patterns.table import line, mirror, start

LONGEST = 1000
"""No match of an own pattern is longer: a stream holds so much of a text at most."""


def own_pattern(expression: str, *, caseless: bool = False) -> Pattern:
    """The pattern, or a `ValueError` that says why it cannot be one."""
    pattern = Pattern(expression, caseless, spans=True)
    try:
        node = read(expression)
        if looks(node):
            raise ValueError("looking ahead or behind is not possible")  # noqa: TRY301  all reasons go the same way
        if anchored(node):
            raise ValueError("`^` and `$` are not possible: texts come in pieces")  # noqa: TRY301
        if not width(node)[0]:
            raise ValueError("it matches the empty text, so it would match everywhere")  # noqa: TRY301
        wanted = [each for each in (line(pattern), start(pattern), mirror(pattern)) if each is not None]
        if reason := next(filter(None, map(refusal, wanted)), ""):
            raise ValueError(reason[:1].lower() + reason[1:])  # noqa: TRY301
    except ValueError as error:
        raise ValueError(f"an expression that can be used instead of {expression!r}: {error}") from None
    return pattern


def longest_of(expression: str) -> int:
    return min(LONGEST, width(read(expression))[1])
